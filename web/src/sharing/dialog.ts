import { download } from "../dom/download.ts";
import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import { PANES, type Pane } from "../protocol/embedding.ts";
import { pictureOf } from "./picture.ts";
import { type Choices, type Content, snippet, TARGETS, type Target, USUAL_HEIGHT } from "./snippets.ts";

/** What there is to share on this page. */
export interface Shareable {
  /** The address of this site. */
  readonly site: URL;
  /** The lesson that is open; undefined for none. */
  lesson(): string | undefined;
  /** The objects that the learner has made, as YAML. */
  manifests(): Promise<string>;
  /** The cluster as it is now, as a link has it. Rejects when it is too large for one. */
  state(): Promise<string>;
  /** What the diagram shows now. */
  drawing(): SVGSVGElement;
  /** Says in the reader's language why something could not be had. */
  explain(error: unknown, text: Text): string;
}

type Kind = Content["kind"];

/** The least and the largest height that the element accepts. */
const HEIGHTS = { min: 160, max: 4000, step: 10 };

/** Offers texts that put this page's cluster, its objects or its lesson into another page. */
export class ShareDialog {
  readonly element: HTMLDialogElement;
  readonly #shareable: Shareable;
  readonly #title = html("h2", { id: "share-title" });
  readonly #intro = html("p");
  readonly #content = html("select", { id: "share-content" });
  readonly #start = html("select", { id: "share-start" });
  readonly #height = html("input", { id: "share-height", type: "number", ...HEIGHTS, value: USUAL_HEIGHT });
  readonly #target = html("select", { id: "share-target" });
  readonly #panes = PANES.map((pane) => ({
    pane,
    box: html("input", { type: "checkbox" }),
    name: html("span"),
  }));
  readonly #legend = html("legend");
  readonly #readOnly = { box: html("input", { type: "checkbox" }), name: html("span") };
  readonly #labels = {
    content: html("label", { for: "share-content" }),
    start: html("label", { for: "share-start" }),
    height: html("label", { for: "share-height" }),
    target: html("label", { for: "share-target" }),
  };
  readonly #needs = html("p", { class: "muted share-needs" });
  readonly #result = html("pre", { class: "share-result", tabindex: 0, role: "region" });
  readonly #message = html("p", { class: "clusters-message", role: "status" });
  readonly #picture = html("button", { type: "button" });
  readonly #copy = html("button", { type: "button" });
  readonly #close = html("button", { type: "button", class: "primary" });
  #text: Text;
  #turn = 0;

  constructor(shareable: Shareable, text: Text) {
    this.#shareable = shareable;
    this.#text = text;
    const field = (label: HTMLElement, control: HTMLElement) =>
      html("div", { class: "share-field" }, label, control);
    this.element = html(
      "dialog",
      { class: "dialog wide share", "aria-labelledby": "share-title" },
      this.#title,
      this.#intro,
      html(
        "div",
        { class: "share-choices" },
        field(this.#labels.content, this.#content),
        field(this.#labels.target, this.#target),
        field(this.#labels.start, this.#start),
        field(this.#labels.height, this.#height),
      ),
      html(
        "fieldset",
        { class: "share-panes" },
        this.#legend,
        ...[...this.#panes, this.#readOnly].map(({ box, name }) => html("label", {}, box, name)),
      ),
      this.#needs,
      this.#result,
      this.#message,
      html("div", { class: "dialog-actions" }, this.#picture, this.#copy, this.#close),
    );
    this.element.addEventListener("input", () => void this.#write());
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element) {
        this.element.close();
      }
    });
    this.#close.addEventListener("click", () => this.element.close());
    this.#copy.addEventListener("click", () => void this.#copyResult());
    this.#picture.addEventListener("click", () => this.#savePicture());
    this.localize(text);
  }

  open(): void {
    setText(this.#message, "");
    this.#fillContents();
    if (!this.element.open) {
      this.element.showModal();
    }
    void this.#write();
  }

  localize(text: Text): void {
    this.#text = text;
    const { sharing } = text;
    setText(this.#title, sharing.title);
    setText(this.#intro, sharing.intro);
    setText(this.#labels.content, sharing.content);
    setText(this.#labels.start, sharing.start);
    setText(this.#labels.height, sharing.height);
    setText(this.#labels.target, sharing.target);
    setText(this.#legend, sharing.panes);
    for (const { pane, name } of this.#panes) {
      setText(name, sharing.paneNames[pane]);
    }
    setText(this.#readOnly.name, sharing.readOnly);
    setText(this.#picture, sharing.savePicture);
    setText(this.#copy, text.copy);
    setText(this.#close, text.close);
    this.#result.setAttribute("aria-label", sharing.result);
    fill(this.#start, ["click", "visible", "auto"] as const, sharing.starts);
    fill(this.#target, TARGETS, sharing.targets);
    this.#fillContents();
    if (this.element.open) {
      void this.#write();
    }
  }

  #fillContents(): void {
    const kinds: readonly Kind[] = ["yaml", "state", "lesson", "empty"];
    const there = kinds.filter((kind) => kind !== "lesson" || this.#shareable.lesson() !== undefined);
    fill(this.#content, there, this.#text.sharing.contents);
  }

  async #write(): Promise<void> {
    const turn = ++this.#turn;
    const target = this.#target.value as Target;
    setText(this.#needs, this.#text.sharing.needs[target]);
    try {
      const content = await this.#read(this.#content.value as Kind);
      if (turn === this.#turn) {
        setText(this.#message, "");
        setText(this.#result, snippet(target, this.#choices(content), this.#shareable.site));
      }
    } catch (error) {
      if (turn === this.#turn) {
        setText(this.#result, "");
        setText(this.#message, this.#shareable.explain(error, this.#text));
      }
    }
  }

  async #read(kind: Kind): Promise<Content> {
    switch (kind) {
      case "yaml": {
        const yaml = await this.#shareable.manifests();
        return yaml.trim() === "" ? { kind: "empty" } : { kind, yaml };
      }
      case "state":
        return { kind, state: await this.#shareable.state() };
      case "lesson": {
        const lesson = this.#shareable.lesson();
        return lesson === undefined ? { kind: "empty" } : { kind, lesson };
      }
      case "empty":
        return { kind };
    }
  }

  #choices(content: Content): Choices {
    const start = this.#start.value;
    const panes = this.#panes.filter(({ box }) => box.checked).map(({ pane }): Pane => pane);
    const height = this.#height.valueAsNumber;
    return {
      content,
      title: this.#text.sharing.link,
      ...(start === "visible" || start === "auto" ? { start } : {}),
      ...(this.#height.validity.valid && height > 0 ? { height } : {}),
      ...(panes.length > 0 ? { panes } : {}),
      readOnly: this.#readOnly.box.checked,
    };
  }

  async #copyResult(): Promise<void> {
    const text = this.#result.textContent ?? "";
    // A page over plain http may not write to the clipboard: what is to be copied is selected.
    const copied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    if (copied !== true) {
      getSelection()?.selectAllChildren(this.#result);
    }
    setText(this.#message, copied === true ? this.#text.copied : this.#text.sharing.selected);
  }

  #savePicture(): void {
    const picture = pictureOf(this.#shareable.drawing(), this.#text.sharing.link);
    download(new Blob([picture], { type: "image/svg+xml" }), "cluster.svg");
  }
}

/** Offers values by their names; what was chosen stays so if it is still there. */
function fill<Value extends string>(
  select: HTMLSelectElement,
  values: readonly Value[],
  names: Readonly<Record<Value, string>>,
): void {
  const chosen = select.value;
  select.replaceChildren(...values.map((value) => html("option", { value }, names[value])));
  if ((values as readonly string[]).includes(chosen)) {
    select.value = chosen;
  }
}
