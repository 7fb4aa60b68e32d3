/** F6 goes from pane to pane, Shift+F6 back: also out of the editor, where Tab indents. */
export function cycleRegions(regions: readonly (() => HTMLElement | null)[]): () => void {
  const listener = (event: KeyboardEvent) => {
    if (event.key !== "F6" || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    const elements = regions.map((region) => region()).filter((element) => element !== null);
    const focused = document.activeElement;
    const at = elements.findIndex(
      (element) => element.contains(focused) || regionOf(element)?.contains(focused ?? null),
    );
    const next = elements[(at + (event.shiftKey ? -1 : 1) + elements.length) % elements.length];
    if (next !== undefined && document.querySelector("dialog[open]") === null) {
      event.preventDefault();
      next.focus();
    }
  };
  addEventListener("keydown", listener);
  return () => removeEventListener("keydown", listener);
}

/** The pane that a place to stop belongs to. */
function regionOf(element: HTMLElement): Element | null {
  return element.closest("header, .work, .diagram, .dock");
}
