import type { Client } from "../client/client.ts";
import { bodyOf, messageOf } from "../client/errors.ts";
import { resourcePath } from "../client/resources.ts";
import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/language.ts";
import type { DeploymentItem, Item, ReplicaSetItem, WorkloadItem } from "../protocol.ts";
import {
  type Action,
  badImage,
  crash,
  failingProbe,
  type PodTemplate,
  restart,
  scale,
  setImage,
  setPaused,
  undo,
} from "./commands.ts";
import { commandLine } from "./why.ts";

type Actionable = DeploymentItem | (WorkloadItem & { kind: "StatefulSet" | "DaemonSet" });

/** What can be done to the chosen workload without typing; each shows the kubectl line that does the same. */
export class Actions {
  readonly element = html("div", { class: "actions", role: "group", hidden: true });
  readonly #client: Client;
  readonly #buttons = html("div", { class: "action-buttons" });
  readonly #said = html("div", { class: "action-said", role: "status" });
  #text: Text;
  #item: Actionable | undefined;
  #shown = "";

  constructor(client: Client, text: Text) {
    this.#client = client;
    this.#text = text;
    this.element.append(this.#buttons, this.#said);
  }

  localize(text: Text): void {
    this.#text = text;
    this.#shown = "";
    this.element.setAttribute("aria-label", text.actions.title);
    this.show(this.#item);
  }

  /** Offers what can be done to the item; nothing for one that only its controller changes. */
  show(item: Item | undefined): void {
    const changed = item?.uid !== this.#item?.uid;
    this.#item = item !== undefined && isActionable(item) ? item : undefined;
    this.element.hidden = this.#item === undefined;
    if (changed) {
      this.#said.replaceChildren();
    }
    const revisions = this.#history();
    const shown = JSON.stringify([
      this.#item?.uid,
      this.#item?.kind === "Deployment" ? [this.#item.paused, this.#item.images] : [],
      revisions.map(({ revision }) => revision),
    ]);
    // What is written anew loses the focus, so it is only when it differs.
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#write(revisions);
    }
  }

  /** The ReplicaSets to go back to, newest first. */
  #history(): ReplicaSetItem[] {
    const owner = this.#item?.uid;
    return [...this.#client.inventory.items.values()]
      .filter(
        (item): item is ReplicaSetItem => item.kind === "ReplicaSet" && item.owner === owner && !item.active,
      )
      .sort((a, b) => b.revision - a.revision);
  }

  #write(history: readonly ReplicaSetItem[]): void {
    const item = this.#item;
    const words = this.#text.actions;
    if (item === undefined) {
      this.#buttons.replaceChildren();
      return;
    }
    const children: HTMLElement[] = [];
    if (item.kind !== "DaemonSet") {
      children.push(
        html(
          "span",
          { class: "action-pair" },
          this.#button("−", () => this.#scaleBy(-1), words.scaleDown),
          this.#button("+", () => this.#scaleBy(1), words.scaleUp),
        ),
      );
    }
    children.push(this.#button(words.restart, () => this.#restart()));
    if (item.kind === "Deployment") {
      children.push(
        this.#button(item.paused ? words.resume : words.pause, () => this.#pause(!item.paused)),
        this.#imageForm(item.images[0] ?? ""),
      );
      if (history.length > 0) {
        children.push(
          this.#menu(
            words.undo,
            history.map((set) => [
              `${words.undoTo(set.revision)} · ${set.images.map((image) => image.slice(image.lastIndexOf("/") + 1)).join(", ")}`,
              () => this.#undo(set),
            ]),
          ),
        );
      }
      children.push(
        this.#menu(words.breakIt, [
          [
            words.badImage,
            () => this.#withContainer((container, image) => setImage(item, container, badImage(image))),
          ],
          [words.failingProbe, () => this.#withContainer((container) => failingProbe(item, container))],
          [words.crash, () => this.#withContainer((container) => crash(item, container))],
        ]),
      );
    }
    this.#buttons.replaceChildren(...children);
  }

  #button(label: string, run: () => Promise<void>, name = label): HTMLButtonElement {
    const button = html("button", { type: "button", class: "small", "aria-label": name, title: name }, label);
    button.addEventListener("click", () => void this.#guard(run));
    return button;
  }

  /** A select whose entries act at once, and which then shows its name again. */
  #menu(name: string, entries: readonly (readonly [string, () => Promise<void>])[]): HTMLSelectElement {
    const menu = html(
      "select",
      { class: "small", "aria-label": name },
      html("option", { value: "" }, name),
      ...entries.map(([label], index) => html("option", { value: String(index) }, label)),
    );
    menu.addEventListener("change", () => {
      const run = entries[Number(menu.value)]?.[1];
      const chosen = menu.value !== "";
      menu.value = "";
      if (chosen && run !== undefined) {
        void this.#guard(run);
      }
    });
    return menu;
  }

  #imageForm(image: string): HTMLFormElement {
    const words = this.#text.actions;
    const input = html("input", {
      class: "small action-image",
      value: image,
      "aria-label": words.image,
      spellcheck: "false",
      autocomplete: "off",
    });
    const form = html(
      "form",
      { class: "action-form" },
      input,
      html("button", { type: "submit", class: "small" }, words.setImage),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wanted = input.value.trim();
      if (wanted !== "") {
        void this.#guard(() =>
          this.#withContainer((container) => setImage(this.#current(), container, wanted)),
        );
      }
    });
    return form;
  }

  /** The item as the last frame had it. */
  #current(): Actionable {
    const known = this.#client.inventory.items.get(this.#item?.uid ?? "");
    if (known === undefined || !isActionable(known)) {
      throw new Error(`${this.#item?.kind ?? "object"} "${this.#item?.name ?? ""}" is gone`);
    }
    return known;
  }

  async #scaleBy(difference: number): Promise<void> {
    const item = this.#current();
    await this.#run(scale(item, Math.max(0, item.desired + difference)));
  }

  async #restart(): Promise<void> {
    await this.#run(restart(this.#current(), this.#client.clock?.now ?? this.#client.inventory.time));
  }

  async #pause(paused: boolean): Promise<void> {
    const item = this.#current();
    if (item.kind === "Deployment") {
      await this.#run(setPaused(item, paused));
    }
  }

  async #undo(set: ReplicaSetItem): Promise<void> {
    const item = this.#current();
    if (item.kind === "Deployment") {
      await this.#run(undo(item, set, await this.#template(set)));
    }
  }

  async #withContainer(make: (container: string, image: string) => Action): Promise<void> {
    const template = await this.#template(this.#current());
    const container = template.spec?.containers?.[0];
    if (container !== undefined) {
      await this.#run(make(container.name, container.image));
    }
  }

  async #template(item: Item): Promise<PodTemplate> {
    const response = await this.#client.fetch(resourcePath(item), {
      headers: { Accept: "application/json" },
    });
    const object = JSON.parse(await bodyOf(response)) as { spec: { template: PodTemplate } };
    return object.spec.template;
  }

  async #run(action: Action): Promise<void> {
    const response = await this.#client.fetch(resourcePath(this.#current()) + action.subresource, {
      method: action.method,
      headers: { "Content-Type": action.contentType, Accept: "application/json" },
      body: JSON.stringify(action.body),
    });
    await bodyOf(response);
    this.#said.replaceChildren(
      html("span", { class: "muted" }, this.#text.actions.done),
      commandLine(action.command, this.#text),
    );
  }

  async #guard(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      const line = html("p", { class: "action-failed" });
      setText(line, this.#text.actions.failed(messageOf(error)));
      this.#said.replaceChildren(line);
    }
  }
}

function isActionable(item: Item): item is Actionable {
  return item.kind === "Deployment" || item.kind === "StatefulSet" || item.kind === "DaemonSet";
}
