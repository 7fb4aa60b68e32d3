import type { Client } from "../client/client.ts";
import { bodyOf, messageOf } from "../client/errors.ts";
import { resourcePath } from "../client/resources.ts";
import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { Item, ReplicaSetItem } from "../protocol/topology.ts";
import { diffLines, templateOf } from "../results/diff.ts";
import { withoutManagedFields } from "../results/yaml.ts";

/** The difference between the pod templates of two revisions of a Deployment. */
export class Revisions {
  readonly element: HTMLElement;
  readonly #client: Client;
  readonly #before = html("select", { class: "small" });
  readonly #after = html("select", { class: "small" });
  readonly #compare = html("span");
  readonly #with = html("span");
  readonly #head: HTMLElement;
  readonly #diff = html("pre", { class: "manifest diff", tabindex: 0, role: "region" });
  #text: Text;
  #owner = "";

  constructor(client: Client, text: Text) {
    this.#client = client;
    this.#text = text;
    this.#head = html("p", { class: "revisions-head" }, this.#compare, this.#before, this.#with, this.#after);
    this.element = html("div", { class: "revisions" }, this.#head, this.#diff);
    for (const select of [this.#before, this.#after]) {
      select.addEventListener("change", () => void this.#write());
    }
  }

  show(item: Item): void {
    if (item.uid !== this.#owner) {
      this.#owner = item.uid;
      this.#before.replaceChildren();
      this.#after.replaceChildren();
    }
  }

  localize(text: Text): void {
    this.#text = text;
    setText(this.#compare, text.inspector.compare);
    setText(this.#with, text.inspector.with);
    this.#before.setAttribute("aria-label", text.inspector.compare);
    this.#after.setAttribute("aria-label", text.inspector.with);
    this.#diff.setAttribute("aria-label", text.views.revisions);
    this.#before.replaceChildren();
  }

  /** Offers the existing revisions. */
  async refresh(): Promise<void> {
    const sets = this.#sets();
    const wanted = sets.map(({ revision }) => String(revision)).join();
    if (this.#before.dataset.shown !== wanted || this.#before.options.length === 0) {
      this.#before.dataset.shown = wanted;
      for (const [select, index] of [
        [this.#before, sets.length - 2],
        [this.#after, sets.length - 1],
      ] as const) {
        select.replaceChildren(
          ...sets.map((set) => html("option", { value: set.uid }, this.#text.revision(set.revision))),
        );
        select.value = sets[index]?.uid ?? "";
      }
    }
    await this.#write();
  }

  #sets(): ReplicaSetItem[] {
    return [...this.#client.inventory.items.values()]
      .filter((item): item is ReplicaSetItem => item.kind === "ReplicaSet" && item.owner === this.#owner)
      .sort((a, b) => a.revision - b.revision);
  }

  async #write(): Promise<void> {
    const sets = this.#sets();
    this.#head.hidden = sets.length < 2;
    if (sets.length < 2) {
      setText(this.#diff, this.#text.inspector.oneRevision);
      return;
    }
    try {
      const [before, after] = await Promise.all(
        [this.#before.value, this.#after.value].map((uid) => this.#fetch(uid)),
      );
      const lines = diffLines(before ?? "", after ?? "");
      if (lines.every(({ sign }) => sign === " ")) {
        setText(this.#diff, this.#text.inspector.same);
        return;
      }
      this.#diff.replaceChildren(
        ...lines.map(({ sign, text }) =>
          html(
            "span",
            { class: sign === "+" ? "added" : sign === "-" ? "removed" : "" },
            `${sign} ${text}\n`,
          ),
        ),
      );
    } catch (error) {
      setText(this.#diff, messageOf(error));
    }
  }

  async #fetch(uid: string): Promise<string> {
    const set = this.#client.inventory.items.get(uid);
    if (set === undefined) {
      return "";
    }
    const response = await this.#client.fetch(resourcePath(set), { headers: { Accept: "application/yaml" } });
    return templateOf(withoutManagedFields(await bodyOf(response)));
  }
}
