import { html, setText, svg } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { Item } from "../protocol/topology.ts";
import { podIcon } from "./icons.ts";
import { POD_STATES, type PodState, podState } from "./podstate.ts";

/** What the icons mean, with how many pods are in each state now; states without a pod are left out. */
export class Legend {
  readonly element = html("ul", { class: "legend" });
  readonly #entries = new Map<PodState, { entry: HTMLElement; count: HTMLElement; name: HTMLElement }>();

  constructor() {
    for (const state of POD_STATES) {
      const count = html("b");
      const name = html("span");
      const icon = svg(
        "svg",
        { viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true" },
        podIcon(state),
      );
      const entry = html("li", { class: `state-${state}`, hidden: true }, icon, count, name);
      this.#entries.set(state, { entry, count, name });
      this.element.append(entry);
    }
  }

  update(items: Iterable<Item>, text: Text): void {
    const counts = new Map<PodState, number>();
    for (const item of items) {
      if (item.kind === "Pod") {
        const state = podState(item);
        counts.set(state, (counts.get(state) ?? 0) + 1);
      }
    }
    this.element.setAttribute("aria-label", text.podLegend);
    for (const [state, { entry, count, name }] of this.#entries) {
      entry.hidden = !counts.has(state);
      setText(count, String(counts.get(state) ?? 0));
      setText(name, text.podStates[state]);
    }
  }
}
