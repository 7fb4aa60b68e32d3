/** What the tests of kubectl and the shell share. */
import assert from "node:assert/strict";

/** Runs one kubectl command through the page's interface. */
export function kubectl(page, args, options = {}) {
  return page.evaluate(([args, options]) => window.tabernetes.kubectl(args, options), [args, options]);
}

/** Runs a line of the shell. With `interruptAfter`, Ctrl-C comes after so many host milliseconds. */
export function run(page, line, { interruptAfter } = {}) {
  return page.evaluate(
    ([line, after]) =>
      window.tabernetes.run(line, after === undefined ? {} : { signal: AbortSignal.timeout(after) }),
    [line, interruptAfter],
  );
}

/** Runs a line that must succeed without a word on standard error, and returns what it printed. */
export async function printed(page, line) {
  const result = await run(page, line);
  assert.equal(result.code, 0, `${line}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

/** A table of kubectl's as objects by the names of its columns, which stand under each other. */
export function table(text) {
  const [head, ...lines] = text.trimEnd().split("\n");
  const columns = [...head.matchAll(/\S+(?: \S+)*/g)].map(({ 0: name, index }) => ({ name, index }));
  return lines.map((line) =>
    Object.fromEntries(
      columns.map(({ name, index }, column) => [name, line.slice(index, columns[column + 1]?.index).trim()]),
    ),
  );
}
