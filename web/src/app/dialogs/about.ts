import { buildAddress } from "../../dom/buildaddress.ts";
import { download } from "../../dom/download.ts";
import { html, setText } from "../../dom/element.ts";
import type { Text } from "../../language/text.ts";
import { fetchFile, isDistant, siteAddress } from "../../loading/files.ts";
import type { Version } from "../../protocol/messages.ts";
import { closeOnBackdrop } from "./dialogs.ts";

const LICENCES = "licences.txt";

/** A component that the site ships, as listed in licences.txt. */
interface Shipped {
  readonly name: string;
  readonly version: string;
}

/** Shows the version and the licence of everything in the page. */
export class AboutDialog {
  readonly element: HTMLDialogElement;
  readonly #title = html("h2", { id: "about-title" });
  readonly #intro = html("p");
  readonly #oneFile = html("p", { hidden: isDistant });
  readonly #versions = html("dl", { class: "facts about-versions" });
  readonly #summary = html("summary");
  readonly #modules = html("table", { class: "about-modules" });
  readonly #licence = html("p");
  readonly #links = html("p", { class: "about-links" });
  readonly #close = html("button", { type: "button", class: "primary" });
  #text: Text;
  #version: Version | undefined;
  #shipped: readonly Shipped[] | undefined;

  constructor(text: Text) {
    this.#text = text;
    this.element = html(
      "dialog",
      { class: "dialog", "aria-labelledby": "about-title" },
      this.#title,
      this.#intro,
      this.#oneFile,
      this.#versions,
      html(
        "details",
        { class: "about-details" },
        this.#summary,
        html("div", { class: "about-scroll", tabindex: 0, role: "region" }, this.#modules),
      ),
      this.#licence,
      this.#links,
      html("div", { class: "dialog-actions" }, this.#close),
    );
    this.#close.addEventListener("click", () => this.element.close());
    closeOnBackdrop(this.element);
    this.localize(text, undefined);
  }

  open(): void {
    this.element.showModal();
    void this.#load();
  }

  localize(text: Text, version: Version | undefined): void {
    this.#text = text;
    this.#version = version;
    const words = text.about;
    setText(this.#title, words.title);
    setText(this.#intro, words.intro);
    setText(this.#oneFile, words.oneFile);
    setText(this.#licence, words.licence);
    setText(this.#close, text.close);
    this.#links.replaceChildren(
      ...(
        [
          [LICENCES, words.licences],
          ["LICENSE", words.ownLicence],
          ["NOTICE", words.notice],
          // A page that is a file of its own has no others beside it.
          ...(/^https?:/.test(location.protocol) ? ([[words.guidePage, words.guide]] as const) : []),
        ] as const
      ).map(([file, name]) => linkTo(file, name)),
    );
    this.#write();
  }

  #write(): void {
    const words = this.#text.about;
    const digests = document.documentElement.dataset;
    const facts = (
      [
        ["Tabernetes", this.#version?.tabernetes],
        ["Kubernetes", this.#version?.kubernetes],
        [words.controlPlane, digests.controlplane],
        ["kubectl", digests.kubectl],
      ] as const
    ).filter(([, value]) => value !== undefined && value !== "");
    this.#versions.replaceChildren(
      ...facts.map(([name, value]) => html("div", {}, html("dt", {}, name), html("dd", {}, value))),
    );
    const shipped = this.#shipped ?? [];
    setText(this.#summary, words.modules(shipped.length));
    this.#modules.parentElement?.setAttribute("aria-label", words.modules(shipped.length));
    this.#modules.replaceChildren(
      html(
        "tbody",
        {},
        ...shipped.map(({ name, version }) =>
          html("tr", {}, html("th", { scope: "row" }, name), html("td", {}, version)),
        ),
      ),
    );
  }

  async #load(): Promise<void> {
    if (this.#shipped !== undefined) {
      return;
    }
    try {
      const response = await fetchFile(buildAddress(LICENCES));
      this.#shipped = response.ok ? shippedParts(await response.text()) : [];
    } catch {
      return; // the link beside it tells the same
    }
    this.#write();
  }
}

/** A link to a text of the site: where the page is one file, the text is saved as another. */
function linkTo(file: string, name: string): HTMLAnchorElement {
  const link = html("a", { href: file, target: "_blank", rel: "noopener" }, name);
  if (!isDistant) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      void fetchFile(siteAddress(file))
        .then((response) => response.blob())
        .then((text) => download(text, file));
    });
  }
  return link;
}

/** The names between two rules of licences.txt (web/licences.mjs), a part a line with its version. */
export function shippedParts(licences: string): Shipped[] {
  const parts: Shipped[] = [];
  for (const [, names = ""] of licences.matchAll(/^={78}\n((?:.+\n)+?)={78}$/gm)) {
    for (const line of names.trim().split("\n")) {
      const [, name = line, version = ""] = /^(\S+) (v?\d\S*)$/.exec(line) ?? [];
      parts.push({ name, version });
    }
  }
  return parts.sort((one, other) => (one.name < other.name ? -1 : 1));
}
