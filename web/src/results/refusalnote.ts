import { html } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { Refusal } from "../protocol/refusal.ts";
import { commandLine } from "./commandline.ts";

/** Says beside upstream's message who has refused the request, and how to look at that in any cluster. */
export function refusalNote(refusal: Refusal, text: Text, ...more: string[]): HTMLElement {
  return html(
    "div",
    { class: "refusal-note" },
    html("p", {}, [sentenceOfRefusal(refusal, text), ...more].join(" ")),
    commandLine(refusal.command, text),
  );
}

/** The name of the party where the page has no sentence, as with a newer control plane. */
export function sentenceOfRefusal(refusal: Refusal, text: Text): string {
  return text.refusals[refusal.by]?.(refusal.parameters) ?? refusal.by;
}
