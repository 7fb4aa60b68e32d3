import { download } from "../dom/download.ts";
import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { Desk } from "../storage/desk.ts";

export async function exportFile(desk: Desk): Promise<void> {
  download(await desk.export(), `${desk.current}.tabernetes.json`);
}

/** Exports this page's cluster, and imports a file into it. */
export class Transfer {
  readonly element: HTMLElement;
  readonly #desk: Desk;
  readonly #run: (act: () => Promise<void>) => void;
  readonly #tell: (say: (text: Text) => string) => void;
  readonly #title = html("h3");
  readonly #entries = {
    export: entry(),
    yaml: entry(),
    link: entry(),
    import: entry(),
  };
  readonly #picker = html("input", { type: "file", accept: ".json,application/json", hidden: true });

  constructor(
    desk: Desk,
    text: Text,
    run: (act: () => Promise<void>) => void,
    tell: (say: (text: Text) => string) => void,
  ) {
    this.#desk = desk;
    this.#run = run;
    this.#tell = tell;
    const { export: whole, yaml, link, import: file } = this.#entries;
    this.element = html(
      "section",
      { class: "transfer" },
      this.#title,
      ...[whole, yaml, link, file].map(({ element }) => element),
      this.#picker,
    );
    whole.button.addEventListener("click", () => run(() => exportFile(desk)));
    yaml.button.addEventListener("click", () => run(() => this.#exportYaml()));
    link.button.addEventListener("click", () => run(() => this.#copyLink()));
    file.button.addEventListener("click", () => this.#picker.click());
    this.#picker.addEventListener("change", () => {
      const [picked] = this.#picker.files ?? [];
      this.#picker.value = "";
      this.importFile(picked);
    });
    acceptDrops(file.element, (dropped) => this.importFile(dropped));
    this.localize(text);
  }

  /** Makes a cluster from a file and opens it; where nothing can be stored, it replaces this one. */
  importFile(file: File | undefined): void {
    if (file !== undefined) {
      this.#run(async () => {
        if (this.#desk.persistent) {
          await this.#desk.open(
            await this.#desk.importAs(file, file.name.replace(/(\.tabernetes)?\.json$/, "")),
          );
        } else {
          await this.#desk.import(file);
        }
      });
    }
  }

  localize(text: Text): void {
    const { storage } = text;
    setText(this.#title, storage.thisCluster(this.#desk.current));
    const { export: whole, yaml, link, import: file } = this.#entries;
    write(whole, storage.exportFile, storage.exportText);
    write(yaml, storage.yaml, storage.yamlText);
    write(link, storage.link, storage.linkText);
    write(file, storage.importFile, this.#desk.persistent ? storage.importText : storage.importConfirm);
  }

  async #exportYaml(): Promise<void> {
    const yaml = await this.#desk.manifests();
    download(new Blob([yaml], { type: "application/yaml" }), `${this.#desk.current}.yaml`);
  }

  async #copyLink(): Promise<void> {
    const link = await this.#desk.link(location.href);
    // A page over plain http may not write to the clipboard: the link is shown.
    const copied = await navigator.clipboard?.writeText(link).then(
      () => true,
      () => false,
    );
    this.#tell(({ storage }) => (copied === true ? storage.linkCopied(link.length) : link));
  }
}

interface Entry {
  readonly element: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly line: HTMLElement;
}

function entry(): Entry {
  const button = html("button", { type: "button" });
  const line = html("span", { class: "muted" });
  return { element: html("div", { class: "transfer-entry" }, button, line), button, line };
}

function write({ button, line }: Entry, label: string, text: string): void {
  setText(button, label);
  setText(line, text);
}

function acceptDrops(element: HTMLElement, onFile: (file: File | undefined) => void): void {
  element.addEventListener("dragover", (event) => {
    event.preventDefault();
    element.classList.add("dropping");
  });
  element.addEventListener("dragleave", () => element.classList.remove("dropping"));
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    element.classList.remove("dropping");
    onFile(event.dataTransfer?.files[0]);
  });
}
