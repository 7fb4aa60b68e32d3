import { html } from "../../dom/element.ts";
import type { Text } from "../../language/text.ts";
import { readChosen, readDropped } from "./files.ts";
import type { LessonFiles } from "./kept.ts";

/** Offers to open a lesson from a folder or an archive of this computer. */
export function openingView(text: Text, onFiles: (files: Promise<LessonFiles>) => void): HTMLElement {
  const { foreign } = text.learning;
  const choose = (
    label: string,
    attributes: { readonly accept?: string; readonly webkitdirectory?: boolean },
  ) => {
    const picker = html("input", { type: "file", hidden: true, ...attributes });
    picker.addEventListener("change", () => {
      const chosen = [...(picker.files ?? [])];
      if (chosen.length > 0) {
        onFiles(readChosen(chosen));
      }
      // The same files can be chosen again, after their author has changed them.
      picker.value = "";
    });
    const button = html("button", { type: "button", class: "small" }, label);
    button.addEventListener("click", () => picker.click());
    return [button, picker];
  };
  return html(
    "section",
    { class: "course lesson-opening" },
    html("h3", {}, foreign.title),
    html("p", { class: "muted" }, foreign.intro),
    html(
      "div",
      { class: "step-bar" },
      ...choose(foreign.folder, { webkitdirectory: true }),
      ...choose(foreign.archive, { accept: ".zip,application/zip" }),
    ),
  );
}

/** Takes lessons that are dropped onto the element. */
export function acceptLessons(element: HTMLElement, onFiles: (files: Promise<LessonFiles>) => void): void {
  const isOfFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
  element.addEventListener("dragover", (event) => {
    if (isOfFiles(event)) {
      event.preventDefault();
      element.classList.add("dropping");
    }
  });
  element.addEventListener("dragleave", (event) => {
    // Going to something inside of it is no leaving.
    if (!(event.relatedTarget instanceof Node && element.contains(event.relatedTarget))) {
      element.classList.remove("dropping");
    }
  });
  element.addEventListener("drop", (event) => {
    element.classList.remove("dropping");
    if (isOfFiles(event)) {
      event.preventDefault();
      onFiles(readDropped(event.dataTransfer?.items ?? []));
    }
  });
}
