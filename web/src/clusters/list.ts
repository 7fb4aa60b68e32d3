import { html } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { StoredCluster } from "../storage/clusters.ts";
import type { Desk } from "../storage/desk.ts";
import { isClusterName } from "../storage/names.ts";

type Doing = "rename" | "duplicate" | "remove";

/** The clusters of this browser by name, each with what can be done with it. */
export class ClusterList {
  readonly element = html("ul", { class: "cluster-list" });
  readonly #desk: Desk;
  /** Runs an action and then shows the list again; errors are shown. */
  readonly #run: (act: () => Promise<void>) => void;
  #text: Text;
  #language = "en";
  #clusters: readonly StoredCluster[] = [];
  #doing: { readonly name: string; readonly action: Doing } | undefined;

  constructor(desk: Desk, text: Text, run: (act: () => Promise<void>) => void) {
    this.#desk = desk;
    this.#text = text;
    this.#run = run;
  }

  async refresh(): Promise<void> {
    const clusters = await this.#desk.list();
    // A cluster opened a moment ago may not be on the list yet.
    const current = { name: this.#desk.current, used: undefined, open: true };
    this.#clusters = clusters.some(({ name }) => name === current.name) ? clusters : [current, ...clusters];
    this.#doing = undefined;
    this.#render();
  }

  /** Of the clusters that are shown. */
  get names(): readonly string[] {
    return this.#clusters.map(({ name }) => name);
  }

  localize(text: Text, language: string): void {
    this.#text = text;
    this.#language = language;
    this.#render();
  }

  #render(): void {
    this.element.setAttribute("aria-label", this.#text.storage.list);
    this.element.replaceChildren(...this.#clusters.map((cluster) => this.#row(cluster)));
  }

  #row(cluster: StoredCluster): HTMLLIElement {
    const { storage } = this.#text;
    const { name } = cluster;
    const isCurrent = name === this.#desk.current;
    const isHere = isCurrent && !this.#desk.elsewhere;
    const isElsewhere = !isHere && (isCurrent || cluster.open);
    const state = isHere
      ? storage.here
      : isElsewhere
        ? storage.elsewhere
        : cluster.used === undefined
          ? ""
          : storage.used(this.#when(cluster.used));
    const button = (label: string, act: () => void, hidden = false) => {
      const made = html(
        "button",
        { type: "button", class: "quiet small", "aria-label": storage.of(label, name), hidden },
        label,
      );
      made.addEventListener("click", act);
      return made;
    };
    const begin = (action: Doing) => () => {
      this.#doing = { name, action };
      this.#render();
      this.element.querySelector<HTMLElement>("[data-first]")?.focus();
    };
    return html(
      "li",
      { class: isCurrent ? "cluster-row current" : "cluster-row", "data-cluster": name },
      html(
        "div",
        { class: "cluster-line" },
        html("span", { class: "cluster-name" }, name),
        html("span", { class: "muted" }, state),
        html(
          "span",
          { class: "cluster-actions" },
          button(storage.openCluster, () => this.#run(() => this.#desk.open(name)), isCurrent),
          button(storage.rename, begin("rename"), isElsewhere),
          button(storage.duplicate, begin("duplicate"), isElsewhere),
          button(storage.remove, begin("remove"), isElsewhere),
        ),
      ),
      this.#doing?.name === name ? this.#form(name, this.#doing.action) : null,
    );
  }

  #form(name: string, action: Doing): HTMLFormElement {
    const { storage } = this.#text;
    if (action === "remove") {
      return this.#question(storage.confirmRemove(name), storage.confirmRemoveButton, () =>
        this.#desk.remove(name),
      );
    }
    const label = action === "rename" ? storage.rename : storage.duplicate;
    return nameForm({
      text: this.#text,
      confirm: label,
      value: action === "rename" ? name : `${name}-copy`,
      taken: this.names,
      onCancel: () => this.#cancel(),
      onName: (to) =>
        this.#run(() => (action === "rename" ? this.#desk.rename(name, to) : this.#desk.duplicate(name, to))),
    });
  }

  #question(question: string, confirm: string, act: () => Promise<void>): HTMLFormElement {
    const cancel = html("button", { type: "button", class: "small", "data-first": true }, this.#text.cancel);
    const form = html(
      "form",
      { class: "cluster-form" },
      html("p", {}, question),
      cancel,
      html("button", { type: "submit", class: "danger small" }, confirm),
    );
    cancel.addEventListener("click", () => this.#cancel());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run(act);
    });
    return form;
  }

  #cancel(): void {
    const name = this.#doing?.name;
    this.#doing = undefined;
    this.#render();
    this.element.querySelector<HTMLElement>(`[data-cluster="${name}"] button:not([hidden])`)?.focus();
  }

  #when(time: number): string {
    return new Intl.DateTimeFormat(this.#language, { dateStyle: "medium", timeStyle: "short" }).format(time);
  }
}

export interface NameFormOptions {
  readonly text: Text;
  readonly confirm: string;
  readonly value: string;
  /** The names of the other clusters. */
  readonly taken: readonly string[];
  onName(name: string): void;
  onCancel(): void;
}

/** Asks for a valid name for a cluster. */
export function nameForm({
  text,
  confirm,
  value,
  taken,
  onName,
  onCancel,
}: NameFormOptions): HTMLFormElement {
  const { storage } = text;
  const input = html("input", {
    type: "text",
    class: "cluster-input",
    value,
    required: true,
    maxlength: 63,
    spellcheck: "false",
    autocomplete: "off",
    "aria-label": storage.name,
    "data-first": true,
  });
  const cancel = html("button", { type: "button", class: "small" }, text.cancel);
  const form = html(
    "form",
    { class: "cluster-form" },
    input,
    html("button", { type: "submit", class: "primary small" }, confirm),
    cancel,
  );
  input.addEventListener("input", () => {
    const fault = taken.includes(input.value) ? storage.nameTaken : storage.nameHint;
    const isFine = input.value === "" || (isClusterName(input.value) && !taken.includes(input.value));
    input.setCustomValidity(isFine ? "" : fault);
  });
  cancel.addEventListener("click", onCancel);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onName(input.value);
  });
  return form;
}
