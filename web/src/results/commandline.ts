import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";

/** A kubectl line to read and to copy. */
export function commandLine(command: string, text: Text): HTMLElement {
  const copy = html("button", { type: "button", class: "quiet small" }, text.copy);
  copy.setAttribute("aria-label", `${text.copy}: ${command}`);
  const code = html("code", {}, command);
  copy.addEventListener("click", () => {
    navigator.clipboard?.writeText(command).then(
      () => setText(copy, text.copied),
      () => getSelection()?.selectAllChildren(code),
    );
  });
  return html("p", { class: "command-line" }, html("span", { "aria-hidden": "true" }, "$ "), code, copy);
}
