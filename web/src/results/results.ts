import { html } from "../dom/element.ts";
import { icon } from "../dom/icons.ts";
import type { Text } from "../language/text.ts";
import type { ApplyResult } from "../protocol/apply.ts";
import type { Refusal } from "../protocol/refusal.ts";
import { refusalNote } from "./refusalnote.ts";

/**
 * The outcome for each applied object, one line each, with the API's
 * warnings and upstream's message for rejected ones. The editor and the
 * lessons show it.
 */
export function resultList(
  results: readonly ApplyResult[],
  text: Text,
  goTo?: (line: number, column: number | undefined) => void,
): HTMLElement {
  if (results.length === 0) {
    return html("p", { class: "results-none" }, text.noResults);
  }
  return html("ul", { class: "results" }, ...results.map((result) => entry(result, results, text, goTo)));
}

function entry(
  result: ApplyResult,
  all: readonly ApplyResult[],
  text: Text,
  goTo?: (line: number, column: number | undefined) => void,
): HTMLElement {
  const warnings = result.warnings.map((warning) =>
    html(
      "p",
      { class: "result-warning" },
      icon("warning"),
      html("span", {}, html("b", {}, `${text.warning}: `), warning),
    ),
  );
  if (!("error" in result)) {
    return html(
      "li",
      { class: `result result-${result.result}` },
      html(
        "p",
        {},
        icon("check"),
        html("span", {}, html("b", {}, objectName(result, text)), ` ${text.resultWord[result.result]}`),
      ),
      ...warnings,
    );
  }
  const { message, line, column, refusal } = result.error;
  let place: HTMLElement | null = null;
  if (line !== undefined) {
    place =
      goTo === undefined
        ? html("span", {}, text.atLine(line))
        : html("button", { type: "button", class: "link", title: text.goToLine(line) }, text.atLine(line));
    place.addEventListener("click", () => goTo?.(line, column));
  }
  return html(
    "li",
    { class: "result result-rejected" },
    html(
      "p",
      {},
      icon("close"),
      html(
        "span",
        {},
        html("b", {}, objectName(result, text)),
        ` ${text.rejected}`,
        place === null ? null : ", ",
        place,
      ),
    ),
    html("p", { class: "result-message" }, message),
    refusal === undefined
      ? null
      : refusalNote(refusal, text, ...(isDefinedBy(all, refusal) ? [text.applyOnceMore] : [])),
    ...warnings,
  );
}

/** Whether a definition of the same text has given the cluster the kind that was not there: kubectl, too, looks kinds up before it applies. */
function isDefinedBy(results: readonly ApplyResult[], { by, parameters }: Refusal): boolean {
  const group = parameters.version?.split("/")[0] ?? "";
  return (
    by === "Discovery" &&
    results.some(
      (result) =>
        !("error" in result) &&
        result.kind === "CustomResourceDefinition" &&
        result.name.endsWith(`.${group}`),
    )
  );
}

/** As kubectl names it, such as `deployment/web`. */
export function objectName(result: ApplyResult, text: Text): string {
  if (result.kind === undefined || result.kind === "") {
    return text.document(result.index + 1);
  }
  const name = result.name === undefined || result.name === "" ? "" : `/${result.name}`;
  return `${result.kind.toLowerCase()}${name}`;
}
