import type { Client } from "../client/client.ts";
import { bodyOf, messageOf } from "../client/errors.ts";
import { resourcePath } from "../client/resources.ts";
import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/language.ts";
import type { Item } from "../protocol.ts";
import { factsOf } from "./facts.ts";
import { fragmentsOf, withoutManagedFields } from "./manifest.ts";

/** An object that changes often is fetched again at most this often, in host milliseconds. */
const REFETCH_INTERVAL = 500;

/** What the object that was chosen in the diagram is: its facts, and its YAML from the API. */
export class Details {
  readonly element: HTMLElement;
  readonly #client: Client;
  readonly #title = html("h3", { class: "details-title", id: "details-title" });
  readonly #facts = html("dl", { class: "facts" });
  readonly #manifest = html("pre", { class: "manifest", tabindex: 0, role: "region" });
  readonly #copy = html("button", { type: "button", class: "quiet small" });
  readonly #unsubscribe: (() => void)[];
  #text: Text;
  #item: Item | undefined;
  #shown = "";
  #yaml = "";
  #fetching: AbortController | undefined;
  #refetch: ReturnType<typeof setTimeout> | undefined;
  #copied: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, text: Text) {
    this.#client = client;
    this.#text = text;
    this.element = html(
      "div",
      { class: "details" },
      html(
        "div",
        { class: "details-facts", tabindex: 0, role: "group", "aria-labelledby": "details-title" },
        this.#title,
        this.#facts,
      ),
      html("div", { class: "details-manifest" }, this.#copy, this.#manifest),
    );
    this.#copy.addEventListener("click", () => void this.#copyYaml());
    this.#unsubscribe = [
      client.on("frame", () => this.#follow()),
      client.on("clock", () => this.#writeFacts()),
    ];
    this.localize(text);
  }

  /** Shows the object; a UID that is gone leaves what was shown. */
  show(uid: string): void {
    const item = this.#client.inventory.items.get(uid);
    if (item === undefined || uid === this.#item?.uid) {
      return;
    }
    this.#item = item;
    this.#shown = "";
    this.#yaml = "";
    this.#manifest.replaceChildren(this.#text.loading);
    this.#manifest.scrollTop = 0;
    clearTimeout(this.#refetch);
    this.#refetch = undefined;
    this.#writeFacts();
    void this.#fetch();
  }

  localize(text: Text): void {
    this.#text = text;
    setText(this.#copy, text.copy);
    this.#manifest.setAttribute("aria-label", text.yaml);
    this.#writeFacts();
  }

  destroy(): void {
    for (const unsubscribe of this.#unsubscribe) {
      unsubscribe();
    }
    this.#fetching?.abort();
    clearTimeout(this.#refetch);
    clearTimeout(this.#copied);
    this.element.remove();
  }

  #follow(): void {
    const item = this.#item === undefined ? undefined : this.#client.inventory.items.get(this.#item.uid);
    this.element.classList.toggle("gone", this.#item !== undefined && item === undefined);
    if (item === undefined || item === this.#item) {
      return;
    }
    this.#item = item;
    this.#writeFacts();
    this.#refetch ??= setTimeout(() => {
      this.#refetch = undefined;
      void this.#fetch();
    }, REFETCH_INTERVAL);
  }

  #writeFacts(): void {
    const item = this.#item;
    if (item === undefined) {
      return;
    }
    setText(this.#title, `${item.kind} ${item.name}`);
    const now = Math.max(this.#client.clock?.now ?? 0, this.#client.inventory.time);
    const facts = factsOf(item, this.#client.inventory.items.get(item.owner), now, this.#text);
    const shown = JSON.stringify(facts);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#facts.replaceChildren(
        ...facts.map(([name, value]) => html("div", {}, html("dt", {}, name), html("dd", {}, value))),
      );
    }
  }

  async #fetch(): Promise<void> {
    const item = this.#item;
    if (item === undefined) {
      return;
    }
    this.#fetching?.abort();
    const fetching = new AbortController();
    this.#fetching = fetching;
    try {
      const response = await this.#client.fetch(resourcePath(item), {
        headers: { Accept: "application/yaml" },
        signal: fetching.signal,
      });
      this.#writeYaml(withoutManagedFields(await bodyOf(response)));
    } catch (error) {
      if (!fetching.signal.aborted && this.#yaml === "") {
        this.#manifest.replaceChildren(messageOf(error));
      }
    }
  }

  #writeYaml(yaml: string): void {
    if (yaml === this.#yaml) {
      return;
    }
    this.#yaml = yaml;
    const { scrollTop } = this.#manifest;
    this.#manifest.replaceChildren(
      ...yaml
        .split("\n")
        .flatMap((line) => [
          ...fragmentsOf(line).map(({ text, part }) =>
            part === "plain" ? text : html("span", { class: `yaml-${part}` }, text),
          ),
          "\n",
        ]),
    );
    this.#manifest.scrollTop = scrollTop;
  }

  async #copyYaml(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#yaml);
    } catch {
      // No clipboard in this place (plain http, a sandbox): select, so that the user can copy.
      getSelection()?.selectAllChildren(this.#manifest);
      return;
    }
    setText(this.#copy, this.#text.copied);
    clearTimeout(this.#copied);
    this.#copied = setTimeout(() => setText(this.#copy, this.#text.copy), 1500);
  }
}
