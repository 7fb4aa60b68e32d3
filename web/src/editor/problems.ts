import type { Diagnostic } from "@codemirror/lint";
import type { Text as Document } from "@codemirror/state";
import type { ApplyResult } from "../protocol/apply.ts";
import type { Words } from "./documentation.ts";
import { documentLine } from "./edits.ts";
import type { Finding } from "./validation.ts";

/** The marks for what the server refuses and, on the other lines, for what the schema does not allow. */
export function problemsOf(
  doc: Document,
  results: readonly ApplyResult[],
  findings: readonly Finding[],
  words: Words,
): Diagnostic[] {
  const refused = results.flatMap((result) => refusal(doc, result));
  const lines = new Set(refused.map(({ from }) => doc.lineAt(from).number));
  const others = findings
    .filter(({ from }) => !lines.has(doc.lineAt(from).number))
    .map((finding): Diagnostic => {
      const isWarning = finding.kind === "missingField" || finding.kind === "notInEnum";
      return {
        from: finding.from,
        to: finding.to,
        severity: isWarning ? "warning" : "error",
        message: sentenceOf(finding, words),
        source: "OpenAPI",
      };
    });
  return [...refused, ...others].sort((one, other) => one.from - other.from);
}

function refusal(doc: Document, result: ApplyResult): Diagnostic[] {
  if (!("error" in result)) {
    return [];
  }
  const number = result.error.line ?? documentLine(doc.toString(), result.index);
  const line = doc.line(Math.min(Math.max(number, 1), doc.lines));
  const indent = line.text.search(/\S|$/);
  const column = result.error.column === undefined ? indent : Math.min(result.error.column - 1, line.length);
  return [{ from: line.from + column, to: line.to, severity: "error", message: result.error.message }];
}

function sentenceOf(finding: Finding, words: Words): string {
  switch (finding.kind) {
    case "unknownField":
      return finding.nearest === undefined
        ? words.unknownField(finding.path)
        : `${words.unknownField(finding.path)} ${words.didYouMean(finding.nearest)}`;
    case "missingField":
      return words.missingField(finding.field, finding.path);
    case "wrongType":
      return finding.quote
        ? `${words.wrongType(finding.path, finding.wanted)} ${words.quoteIt}`
        : words.wrongType(finding.path, finding.wanted);
    case "notInEnum":
      return words.notInEnum(finding.path, finding.values.join(", "));
  }
}
