import type { Client } from "../client/client.ts";
import { bodyOf, messageOf } from "../client/errors.ts";
import { kindOf, resourcePath } from "../client/resources.ts";
import { html, setText } from "../dom/element.ts";
import { Tabs } from "../dom/tabs.ts";
import type { Text } from "../language/text.ts";
import type { Operation, Operations } from "../operations/operations.ts";
import type { Item } from "../protocol/topology.ts";
import { fragmentsOf, withoutManagedFields } from "../results/yaml.ts";
import { Actions } from "./actions.ts";
import { EventsOf } from "./eventsof.ts";
import { factsOf } from "./facts.ts";
import { Requests } from "./requests.ts";
import { Revisions } from "./revisions.ts";
import { arithmeticOf, chainOf } from "./why.ts";

/** Least time between two fetches of an object that changes often, in host milliseconds. */
const REFETCH_INTERVAL = 500;

/**
 * The inspector of the selected object: its facts, its actions, why it is as it
 * is, what the controller computes, its YAML, its events and the difference
 * between its revisions.
 */
export class Details {
  readonly element: HTMLElement;
  readonly #client: Client;
  readonly #title = html("h3", { class: "details-title", id: "details-title" });
  readonly #facts = html("dl", { class: "facts" });
  readonly #manifest = html("pre", { class: "manifest", tabindex: 0, role: "region" });
  readonly #copy = html("button", { type: "button", class: "quiet small" });
  readonly #why = html("div", { class: "details-view", tabindex: 0, role: "region" });
  readonly #arithmetic = html("div", { class: "details-view", tabindex: 0, role: "region" });
  readonly #events: EventsOf;
  readonly #revisions: Revisions;
  readonly #actions: Actions;
  readonly #requests: Requests;
  readonly #views: Tabs;
  readonly #unsubscribe: (() => void)[];
  #text: Text;
  #item: Item | undefined;
  #shown = "";
  #yaml = "";
  #fetching: AbortController | undefined;
  #refetch: ReturnType<typeof setTimeout> | undefined;
  #explained = "";
  #copied: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, operations: Operations, text: Text) {
    this.#client = client;
    this.#text = text;
    this.#actions = new Actions(operations, text);
    this.#requests = new Requests(client, text);
    this.#events = new EventsOf(client);
    this.#revisions = new Revisions(client, text);
    this.#views = new Tabs(
      [
        { id: "why", panel: this.#why },
        { id: "arithmetic", panel: this.#arithmetic },
        { id: "yaml", panel: html("div", { class: "details-manifest" }, this.#copy, this.#manifest) },
        { id: "happened", panel: this.#events.element },
        { id: "revisions", panel: this.#revisions.element },
      ],
      () => void this.#refresh(),
    );
    this.element = html(
      "div",
      { class: "details" },
      html(
        "div",
        { class: "details-facts", tabindex: 0, role: "group", "aria-labelledby": "details-title" },
        this.#title,
        this.#actions.element,
        this.#requests.element,
        this.#facts,
      ),
      this.#views.element,
    );
    this.#copy.addEventListener("click", () => void this.#copyYaml());
    this.#unsubscribe = [
      client.on("frame", () => this.#follow()),
      client.on("clock", () => this.#writeFacts()),
      client.on("past", () => this.#lookThere()),
    ];
    this.localize(text);
  }

  /** Shows the object; a UID that no longer exists changes nothing. */
  show(uid: string): void {
    const item = this.#client.shown.items.get(uid);
    if (item === undefined || uid === this.#item?.uid) {
      return;
    }
    this.#item = item;
    this.#shown = "";
    this.#yaml = "";
    this.#manifest.replaceChildren(this.#text.loading);
    this.#manifest.scrollTop = 0;
    this.#explained = "";
    this.#why.replaceChildren(html("p", { class: "muted" }, this.#text.inspector.asking));
    this.#arithmetic.replaceChildren();
    this.#offer(item);
    clearTimeout(this.#refetch);
    this.#refetch = undefined;
    this.#writeFacts();
    void this.#refresh();
  }

  /** Runs an action on the shown object and reports it. */
  run(operation: Operation): Promise<void> {
    return this.#actions.run(operation);
  }

  /** The views that are not empty. */
  #offer(item: Item): void {
    const isDeployment = item.kind === "Deployment";
    this.#views.setAvailable("arithmetic", isDeployment);
    this.#views.setAvailable("revisions", isDeployment);
    // Nothing can keep a budget or an autoscaler itself from being as it is.
    const isExplained = item.kind !== "HorizontalPodAutoscaler" && item.kind !== "PodDisruptionBudget";
    this.#views.setAvailable("why", isExplained);
    this.#offerActions(item);
    this.#events.show(item);
    this.#revisions.show(item);
  }

  /** The past can not be changed. */
  #offerActions(item: Item): void {
    const changeable = this.#client.past === undefined ? item : undefined;
    this.#actions.show(changeable);
    this.#requests.show(changeable);
  }

  /** The page shows another moment: the object as it was then, if it was. */
  #lookThere(): void {
    this.#explained = "";
    const item = this.#item === undefined ? undefined : this.#client.shown.items.get(this.#item.uid);
    this.element.classList.toggle("gone", this.#item !== undefined && item === undefined);
    if (item !== undefined) {
      this.#item = item;
      this.#writeFacts();
      this.#offerActions(item);
      this.#later();
    }
  }

  /** Requests the data that the shown view needs. */
  async #refresh(): Promise<void> {
    switch (this.#views.active) {
      case "why":
      case "arithmetic":
        await this.#explain();
        break;
      case "yaml":
        await this.#fetch();
        break;
      case "revisions":
        await this.#revisions.refresh();
        break;
    }
  }

  async #explain(): Promise<void> {
    const item = this.#item;
    if (item === undefined) {
      return;
    }
    const { past } = this.#client;
    if (past !== undefined) {
      const then = past.arithmetic[item.uid];
      this.#why.replaceChildren(html("p", { class: "muted" }, this.#text.past.whyNow));
      this.#arithmetic.replaceChildren(...(then === undefined ? [] : [arithmeticOf(then, this.#text)]));
      return;
    }
    try {
      const explanation = await this.#client.explain({
        kind: item.kind === "CustomResource" ? `${item.type}.${item.group}` : item.kind,
        namespace: item.namespace,
        name: item.name,
      });
      const { diagnosis, arithmetic } = explanation;
      const explained = JSON.stringify([diagnosis.chain, arithmetic]);
      if (this.#item?.uid !== item.uid || explained === this.#explained || this.#client.past !== undefined) {
        return;
      }
      this.#explained = explained;
      this.#why.replaceChildren(chainOf(diagnosis, this.#text));
      this.#arithmetic.replaceChildren(
        ...(arithmetic === null ? [] : [arithmeticOf(arithmetic, this.#text)]),
      );
    } catch (error) {
      if (this.#explained === "") {
        this.#why.replaceChildren(html("p", { class: "muted" }, messageOf(error)));
      }
    }
  }

  localize(text: Text): void {
    this.#text = text;
    setText(this.#copy, text.copy);
    this.#manifest.setAttribute("aria-label", text.yaml);
    this.#why.setAttribute("aria-label", text.views.why);
    this.#arithmetic.setAttribute("aria-label", text.views.arithmetic);
    this.#views.localize(text.view, text.views);
    this.#actions.localize(text);
    this.#requests.localize(text);
    this.#events.localize(text);
    this.#revisions.localize(text);
    this.#explained = "";
    void this.#refresh();
    this.#writeFacts();
  }

  destroy(): void {
    for (const unsubscribe of this.#unsubscribe) {
      unsubscribe();
    }
    this.#fetching?.abort();
    clearTimeout(this.#refetch);
    clearTimeout(this.#copied);
    this.#events.destroy();
    this.#requests.destroy();
    this.element.remove();
  }

  #follow(): void {
    if (this.#client.past !== undefined) {
      return;
    }
    const item = this.#item === undefined ? undefined : this.#client.inventory.items.get(this.#item.uid);
    this.element.classList.toggle("gone", this.#item !== undefined && item === undefined);
    if (item === undefined) {
      return;
    }
    if (item === this.#item) {
      // Its pods or its events may have changed, which may be why.
      if (this.#views.active === "why" || this.#views.active === "arithmetic") {
        this.#later();
      }
      return;
    }
    this.#item = item;
    this.#writeFacts();
    this.#offerActions(item);
    this.#later();
  }

  #later(): void {
    this.#refetch ??= setTimeout(() => {
      this.#refetch = undefined;
      void this.#refresh();
    }, REFETCH_INTERVAL);
  }

  #writeFacts(): void {
    const item = this.#item;
    if (item === undefined) {
      return;
    }
    setText(this.#title, `${kindOf(item)} ${item.name}`);
    const { items, time } = this.#client.shown;
    const now = this.#client.past === undefined ? Math.max(this.#client.clock?.now ?? 0, time) : time;
    const facts = factsOf(item, items, now, this.#text);
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
    const { past } = this.#client;
    try {
      if (past !== undefined) {
        const yaml = await this.#client.pastManifest(past.revision, item.uid);
        if (this.#client.past === past) {
          this.#writeYaml(yaml.trimEnd());
        }
        return;
      }
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
