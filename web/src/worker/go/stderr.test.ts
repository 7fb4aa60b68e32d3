import assert from "node:assert/strict";
import { test } from "node:test";
import { StandardError } from "./stderr.ts";

const encode = (text: string) => new TextEncoder().encode(text);

test("a panic is found behind other output, in pieces, with its stack", () => {
  const output = new StandardError();
  output.write(encode("something else\npan"));
  output.write(
    encode(
      "ic: runtime error: index out of range [3]\n\twith length 3\n\ngoroutine 1 [running]:\nmain.main()\n",
    ),
  );
  const { message, stack } = output.panic("ended");
  assert.equal(message, "panic: runtime error: index out of range [3] with length 3");
  assert.match(stack, /^panic: [\s\S]*goroutine 1 \[running\]:\nmain\.main\(\)$/);
});

test("fatal errors of the runtime count as panics", () => {
  const output = new StandardError();
  output.write(encode("fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\n"));
  assert.equal(output.panic("ended").message, "fatal error: all goroutines are asleep - deadlock!");
});

test("without a panic the given reason stands, with what was written", () => {
  const output = new StandardError();
  output.write(encode("open host: globalThis.x is not set\n"));
  assert.deepEqual(output.panic("ended with code 1"), {
    message: "ended with code 1",
    stack: "open host: globalThis.x is not set",
  });
});

test("a very long report keeps its beginning, very long output its end", () => {
  const noisy = new StandardError();
  for (let line = 0; line < 20_000; line++) {
    noisy.write(encode(`line ${line}\n`));
  }
  const before = noisy.panic("").stack;
  assert.ok(before.length <= 64 * 1024 && before.endsWith("line 19999"));
  noisy.write(encode("panic: boom\n\ngoroutine 1 [running]:\n"));
  for (let line = 0; line < 20_000; line++) {
    noisy.write(encode(`frame ${line}\n`));
  }
  const { message, stack } = noisy.panic("");
  assert.equal(message, "panic: boom");
  assert.ok(stack.startsWith("panic: boom") && stack.length <= 64 * 1024);
});
