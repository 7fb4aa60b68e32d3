import { html } from "../dom/element.ts";
import { CauseParameters } from "../language/causes.english.ts";
import type { Text } from "../language/text.ts";
import type {
  Arithmetic,
  ArithmeticBound,
  ArithmeticResize,
  CauseLink,
  Diagnosis,
} from "../protocol/diagnosis.ts";
import { commandLine } from "../results/commandline.ts";

/** The chain of causes, from the symptom down to the root, each with its proof and the command that shows it. */
export function chainOf(diagnosis: Diagnosis, text: Text): HTMLElement {
  const why = text.inspector;
  if (diagnosis.chain.length === 0) {
    return html("p", { class: "why-fine" }, why.fine);
  }
  return html(
    "ol",
    { class: "why-chain" },
    ...diagnosis.chain.map((link, index) => linkOf(link, index === diagnosis.chain.length - 1, text)),
  );
}

/** The sentence for a cause; upstream's own reason where the page has none, as with a newer control plane. */
export function sentenceOf(link: CauseLink, text: Text): string {
  return text.causes[link.reason]?.(new CauseParameters(link.parameters)) ?? link.reason;
}

function linkOf(link: CauseLink, isRoot: boolean, text: Text): HTMLElement {
  const why = text.inspector;
  return html(
    "li",
    { class: `why-link why-${link.state}${isRoot ? " why-root" : ""}` },
    html(
      "p",
      { class: "why-object" },
      html("span", {}, `${link.object.kind} ${link.object.name}`),
      isRoot ? html("span", { class: "why-badge" }, why.states[link.state]) : null,
    ),
    html("p", { class: "why-sentence" }, sentenceOf(link, text)),
    html(
      "details",
      { open: isRoot },
      html("summary", {}, why.proof),
      ...link.evidence.map(({ source, name, text: words }) =>
        html(
          "p",
          { class: "why-evidence" },
          html("span", { class: "why-source" }, why.sources[source]),
          html("code", {}, name),
          html("span", {}, words),
        ),
      ),
      commandLine(link.command, text),
    ),
  );
}

/** The controller's arithmetic as it would be done on paper. */
export function arithmeticOf(is: Arithmetic, text: Text): HTMLElement {
  const words = text.arithmetic;
  const row = (name: string, sum: string, result: number | string) =>
    html("tr", {}, html("th", { scope: "row" }, name), html("td", {}, sum), html("td", {}, String(result)));
  const rows = [
    ...(is.strategy === "RollingUpdate"
      ? [
          row("maxSurge", bound(is.surge, is.desired, words.up), is.surge.pods),
          row("maxUnavailable", bound(is.unavailable, is.desired, words.down), is.unavailable.pods),
          row(words.ceiling, `${is.desired} + ${is.surge.pods}`, is.ceiling),
          row(words.floor, `${is.desired} − ${is.unavailable.pods}`, is.floor),
          row(words.scaleUp, `min(${is.ceiling} − ${is.total}, ${is.desired} − ${is.new})`, is.scaleUp),
          row(
            words.scaleDown,
            is.old === 0 ? words.nothingOld : `${is.total} − ${is.floor} − ${is.new - is.newAvailable}`,
            is.scaleDown,
          ),
        ]
      : [row(words.scaleDown, words.allOld, is.scaleDown), row(words.scaleUp, words.whenGone, is.scaleUp)]),
  ];
  return html(
    "div",
    { class: "arithmetic" },
    html(
      "p",
      { class: "arithmetic-now" },
      words.now(is.desired, is.total, is.available, is.new, is.newAvailable, is.old),
    ),
    html("table", {}, html("caption", { class: "visually-hidden" }, words.title), html("tbody", {}, ...rows)),
    html("p", { class: `arithmetic-next next-${is.next}` }, words.next[is.next]),
    is.plan.length === 0 ? null : html("ul", { class: "arithmetic-plan" }, ...is.plan.map(resizeOf)),
  );
}

function resizeOf({ replicaSet, from, to }: ArithmeticResize): HTMLElement {
  return html("li", {}, html("code", {}, `ReplicaSet ${replicaSet}`.trim()), ` ${from} → ${to}`);
}

function bound(is: ArithmeticBound, desired: number, rounded: string): string {
  return is.exact === "" ? is.written : `${is.written} × ${desired} = ${is.exact}, ${rounded}`;
}
