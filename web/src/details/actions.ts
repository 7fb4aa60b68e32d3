import { messageOf } from "../client/errors.ts";
import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { Operation, OperationGroup, Operations } from "../operations/operations.ts";
import type { DeploymentItem, Item } from "../protocol/topology.ts";
import { commandLine } from "../results/commandline.ts";

/** The actions on the selected object that need no typing; each shows the kubectl command that does the same. */
export class Actions {
  readonly element = html("div", { class: "actions", role: "group", hidden: true });
  readonly #operations: Operations;
  readonly #buttons = html("div", { class: "action-buttons" });
  readonly #said = html("div", { class: "action-said", role: "status" });
  #text: Text;
  #item: Item | undefined;
  #shown = "";

  constructor(operations: Operations, text: Text) {
    this.#operations = operations;
    this.#text = text;
    this.element.append(this.#buttons, this.#said);
  }

  localize(text: Text): void {
    this.#text = text;
    this.#shown = "";
    this.element.setAttribute("aria-label", text.actions.title);
    this.show(this.#item);
  }

  /** Offers the actions for the item. */
  show(item: Item | undefined): void {
    if (item?.uid !== this.#item?.uid) {
      this.#said.replaceChildren();
    }
    this.#item = item;
    const offered = item === undefined ? [] : this.#operations.of(item, this.#text);
    this.element.hidden = offered.length === 0;
    const shown = JSON.stringify([
      item?.uid,
      offered.map(({ label }) => label),
      item?.kind === "Deployment" ? item.images : [],
    ]);
    // An element that is written again loses the focus, so it is only written if it
    // differs.
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#write(item, offered);
    }
  }

  /** Runs one of the actions and reports it. */
  async run(operation: Pick<Operation, "run">): Promise<void> {
    try {
      const command = await operation.run();
      this.#said.replaceChildren(
        html("span", { class: "muted" }, this.#text.actions.done),
        commandLine(command, this.#text),
      );
    } catch (error) {
      const line = html("p", { class: "action-failed" });
      setText(line, this.#text.actions.failed(messageOf(error)));
      this.#said.replaceChildren(line);
    }
  }

  #write(item: Item | undefined, offered: readonly Operation[]): void {
    const words = this.#text.actions;
    const of = (group: OperationGroup) => offered.filter((operation) => operation.group === group);
    const scaling = offered.filter(({ id }) => id === "scaleDown" || id === "scaleUp");
    const children: HTMLElement[] = [];
    if (scaling.length > 0) {
      children.push(
        html(
          "span",
          { class: "action-pair" },
          ...scaling.map((operation) => this.#button(operation, operation.id === "scaleUp" ? "+" : "−")),
        ),
      );
    }
    for (const operation of of("change")) {
      if (!scaling.includes(operation)) {
        children.push(this.#button(operation));
      }
    }
    if (item?.kind === "Deployment") {
      children.push(this.#imageForm(item));
    }
    if (of("undo").length > 0) {
      children.push(this.#menu(words.undo, of("undo")));
    }
    const breaks = of("break");
    if (breaks.length === 1 && breaks[0] !== undefined) {
      children.push(this.#button(breaks[0]));
    } else if (breaks.length > 1) {
      children.push(this.#menu(item?.kind === "Node" ? words.machine : words.breakIt, breaks));
    }
    this.#buttons.replaceChildren(...children);
  }

  #button(operation: Operation, sign = operation.label): HTMLButtonElement {
    const { label } = operation;
    const button = html(
      "button",
      { type: "button", class: "small", "aria-label": label, title: label },
      sign,
    );
    button.addEventListener("click", () => void this.run(operation));
    return button;
  }

  /** A select whose entries act at once, and which then shows its name again. */
  #menu(name: string, entries: readonly Operation[]): HTMLSelectElement {
    const menu = html(
      "select",
      { class: "small", "aria-label": name },
      html("option", { value: "" }, name),
      ...entries.map(({ label, id }) => html("option", { value: id }, label)),
    );
    menu.addEventListener("change", () => {
      const operation = entries.find(({ id }) => id === menu.value);
      menu.value = "";
      if (operation !== undefined) {
        void this.run(operation);
      }
    });
    return menu;
  }

  #imageForm(item: DeploymentItem): HTMLFormElement {
    const words = this.#text.actions;
    const input = html("input", {
      class: "small action-image",
      value: item.images[0] ?? "",
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
      const image = input.value.trim();
      if (image !== "") {
        void this.run({ run: () => this.#operations.setImage(item, image) });
      }
    });
    return form;
  }
}
