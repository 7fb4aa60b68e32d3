import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { Desk } from "../storage/desk.ts";
import { sayFault } from "./fault.ts";
import { ClusterList, nameForm } from "./list.ts";
import { size } from "./size.ts";
import { Transfer } from "./transfer.ts";

/** The dialog with all clusters by name, and this page's cluster as a file, as YAML or as a link. */
export class ClustersDialog {
  readonly element: HTMLDialogElement;
  readonly #desk: Desk;
  readonly #title = html("h2", { id: "clusters-title" });
  readonly #none = html("p", { class: "muted" });
  readonly #list: ClusterList;
  readonly #create = html("button", { type: "button" });
  readonly #creation = html("div", { class: "cluster-creation" }, this.#create);
  readonly #transfer: Transfer;
  readonly #usage = html("span");
  readonly #persist = html("button", { type: "button", class: "link", hidden: true });
  readonly #message = html("p", { class: "clusters-message", role: "status" });
  readonly #close = html("button", { type: "button", class: "primary" });
  #text: Text;
  /** The outcome of the last action. */
  #said: ((text: Text) => string) | undefined;

  constructor(desk: Desk, text: Text) {
    this.#desk = desk;
    this.#text = text;
    const run = (act: () => Promise<void>) => void this.#run(act);
    this.#list = new ClusterList(desk, text, run);
    this.#transfer = new Transfer(desk, text, run, (say) => this.#say(say));
    this.element = html(
      "dialog",
      { class: "dialog clusters", "aria-labelledby": "clusters-title" },
      this.#title,
      this.#none,
      this.#list.element,
      this.#creation,
      html("p", { class: "muted cluster-usage" }, this.#usage, this.#persist),
      this.#transfer.element,
      this.#message,
      html("div", { class: "dialog-actions" }, this.#close),
    );
    this.#close.addEventListener("click", () => this.element.close());
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element) {
        this.element.close();
      }
    });
    this.#create.addEventListener("click", () => void this.#askName());
    this.#persist.addEventListener("click", () =>
      run(async () => {
        await navigator.storage.persist();
      }),
    );
    this.localize(text, "en");
  }

  open(): void {
    this.#say(undefined);
    this.#endCreation();
    if (!this.element.open) {
      this.element.showModal();
    }
    void this.#refresh();
  }

  localize(text: Text, language: string): void {
    this.#text = text;
    const { storage } = text;
    setText(this.#title, storage.title);
    setText(this.#none, storage.none);
    setText(this.#create, storage.create);
    setText(this.#persist, storage.persist);
    setText(this.#close, text.close);
    this.#list.localize(text, language);
    this.#transfer.localize(text);
    this.#say(this.#said);
    if (this.element.open) {
      void this.#tellUsage();
    }
  }

  #say(say: ((text: Text) => string) | undefined): void {
    this.#said = say;
    setText(this.#message, say?.(this.#text) ?? "");
  }

  async #run(act: () => Promise<void>): Promise<void> {
    const working = ({ storage }: Text) => storage.working;
    this.#say(working);
    try {
      await act();
      if (this.#said === working) {
        this.#say(undefined);
      }
    } catch (error) {
      this.#say((text) => sayFault(error, text));
    }
    await this.#refresh();
  }

  async #refresh(): Promise<void> {
    const { persistent, elsewhere } = this.#desk;
    // A cluster that does not run here cannot be saved from here.
    this.#transfer.element.hidden = elsewhere;
    this.#none.hidden = persistent;
    this.#list.element.hidden = !persistent;
    this.#creation.hidden = !persistent;
    await Promise.all([persistent ? this.#list.refresh() : undefined, this.#tellUsage()]);
  }

  /** A page over plain http from another machine is told nothing. */
  async #tellUsage(): Promise<void> {
    const { storage } = this.#text;
    const [estimate, persisted] = await Promise.all([
      navigator.storage?.estimate?.().catch(() => undefined),
      navigator.storage?.persisted?.().catch(() => undefined),
    ]);
    const known = this.#desk.persistent && estimate?.usage !== undefined && estimate.quota !== undefined;
    setText(
      this.#usage,
      known
        ? `${storage.usage(size(estimate?.usage ?? 0), size(estimate?.quota ?? 0))} ${persisted === true ? storage.persisted : storage.notPersisted}`
        : "",
    );
    this.#persist.hidden = !known || persisted === true;
  }

  async #askName(): Promise<void> {
    const form = nameForm({
      text: this.#text,
      confirm: this.#text.storage.createConfirm,
      value: await this.#desk.freeName("cluster"),
      taken: this.#list.names,
      onCancel: () => this.#endCreation(),
      onName: (name) => void this.#run(() => this.#desk.create(name)),
    });
    this.#creation.replaceChildren(form);
    const input = form.querySelector("input");
    input?.focus();
    input?.select();
  }

  #endCreation(): void {
    const hadFocus = this.#creation.contains(document.activeElement);
    this.#creation.replaceChildren(this.#create);
    if (hadFocus) {
      this.#create.focus();
    }
  }
}
