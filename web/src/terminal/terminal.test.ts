import assert from "node:assert/strict";
import { test } from "node:test";
import { AnsiReader, type Output } from "./ansi.ts";
import { History } from "./history.ts";
import { findNames } from "./names.ts";
import { commonPrefix, insertCompletion, isIncomplete, withBlank } from "./typing.ts";

function show(output: readonly Output[]): string {
  return output
    .map((piece) => (piece.type === "text" ? `${piece.span.style}<${piece.span.text}>` : piece.type))
    .join(" ");
}

test("control sequences: colours are kept, everything else goes", () => {
  const reader = new AnsiReader();
  assert.equal(
    show(reader.read("a\u001b[31mred\u001b[1mbold\u001b[0m\n")),
    "<a> ansi-red<red> ansi-red ansi-bold<bold> newline",
  );
  assert.equal(
    show(
      reader.read(
        "\u001b[H\u001b[Jx\u001b[2K\u001b]0;title\u0007\u001b]8;;http://e.com\u001b\\y\u0000\u0008z",
      ),
    ),
    "clear <x> <y> <z>",
  );
  assert.equal(show(reader.read("10%\r20%\r\n")), "<10%> return <20%> newline");
  assert.equal(show(reader.read("\u001b[38;5;196mx\u001b[38;2;1;2;3my")), "<x> <y>");
});

test("a control sequence that is cut in two is one", () => {
  const reader = new AnsiReader();
  assert.equal(show(reader.read("a\u001b[3")), "<a>");
  assert.equal(show(reader.read("2mgreen")), "ansi-green<green>");
  // One that never ends does not hold the output back for ever.
  assert.match(show(reader.read(`\u001b]${"x".repeat(400)}`)), /x{100}/);
});

test("history: steps back and forth keep the line being typed", () => {
  const history = new History(["a", "b"]);
  history.add("b");
  history.add("  ");
  assert.deepEqual(history.lines, ["a", "b"]);
  assert.equal(history.back("typed"), "b");
  assert.equal(history.back("b"), "a");
  assert.equal(history.back("a"), undefined);
  assert.equal(history.forward(), "b");
  assert.equal(history.forward(), "typed");
  assert.equal(history.forward(), undefined);
});

test("history: a search goes back through different lines", () => {
  const history = new History(["kubectl get pods", "ls", "kubectl get rs", "ls", "kubectl get rs"]);
  assert.equal(history.search("kubectl"), "kubectl get rs");
  assert.equal(history.search("kubectl", 1), "kubectl get pods");
  assert.equal(history.search("kubectl", 2), undefined);
  for (let n = 0; n < 600; n++) {
    history.add(`echo ${n}`);
  }
  assert.equal(history.lines.length, 500);
});

test("a text that needs more lines is known", () => {
  for (const text of [
    "echo \\",
    "echo 'a",
    'kubectl patch d --patch "{',
    "cat <<EOF",
    "cat <<EOF | kubectl apply -f -\nkind: Pod",
    "cat <<'EOF' > f\nEOF2",
    "for n in 1 2; do",
    "while true\ndo\n  date",
    "if true; then echo a",
    "case a in",
    "a &&",
    "a |",
  ]) {
    assert.equal(isIncomplete(text), true, text);
  }
  for (const text of [
    "",
    "kubectl get pods",
    "echo 'a' \"b\" \\'",
    "cat <<EOF\na 'b\nEOF",
    "cat <<-EOF\n\ta\n\tEOF",
    "for n in 1 2; do echo $n; done",
    "echo for while if",
    "# it's a comment",
    "cat <<< 'x'",
    "a && b || c",
    "kubectl get pods -w &",
  ]) {
    assert.equal(isIncomplete(text), false, text);
  }
});

test("completion goes into the line", () => {
  assert.equal(commonPrefix(["deployment", "deployments.apps", "deploy"]), "deploy");
  assert.equal(commonPrefix([]), "");
  assert.deepEqual(insertCompletion("kubectl ge po", 10, 2, "get"), { text: "kubectl get po", cursor: 11 });
  assert.equal(withBlank("get"), "get ");
  assert.equal(withBlank("dir/"), "dir/");
  assert.equal(withBlank("--filename="), "--filename=");
});

test("names of objects in output are found, words are not", () => {
  const uids = new Map([
    ["web", "1"],
    ["web-7db77f7cc6", "2"],
    ["web-7db77f7cc6-7j49g", "3"],
    ["default", "4"],
  ]);
  const links = (text: string) =>
    findNames(text, (name) => uids.get(name))
      .filter((piece) => piece.uid !== undefined)
      .map((piece) => `${piece.text}=${piece.uid}`)
      .join(" ");
  assert.equal(links("web-7db77f7cc6-7j49g   1/1   Running"), "web-7db77f7cc6-7j49g=3");
  assert.equal(links("deployment.apps/web scaled"), "web=1");
  assert.equal(links('pods "web" not found'), "web=1");
  assert.equal(links("web   3/3"), "web=1");
  assert.equal(links("the web in default is web-app"), "");
  assert.equal(links("Created pod: web-7db77f7cc6-7j49g"), "web-7db77f7cc6-7j49g=3");
  assert.equal(links("web-7db77f7cc6-7j49gx and xweb-7db77f7cc6"), "");
  assert.equal(
    findNames("a web-7db77f7cc6 b", (name) => uids.get(name))
      .map((piece) => piece.text)
      .join("|"),
    "a |web-7db77f7cc6| b",
  );
});
