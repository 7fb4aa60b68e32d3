import type { FileSource, ModuleSource } from "../protocol/exchange.ts";
import { readPreference, writePreference } from "./preferences.ts";

/** An address of this site. */
export const siteAddress = (file: string) => new URL(file, document.baseURI).href;

/**
 * A WebAssembly module of the site. The build writes the digest of its content and
 * its size into the page, so that the browser may keep the module without asking
 * again, and the page may tell how much of it is there and remember that this browser
 * has loaded it.
 */
export class SiteModule {
  readonly #name: "controlplane" | "kubectl";
  readonly #digest: string | undefined;

  constructor(name: "controlplane" | "kubectl") {
    this.#name = name;
    this.#digest = document.documentElement.dataset[name];
  }

  get source(): ModuleSource {
    return {
      ...this.#file(""),
      data: this.#file("data"),
      deferred: this.#file("deferred"),
      cached: this.#digest !== undefined && readPreference(this.#preference) === this.#digest,
    };
  }

  /** A part of the module; the first has no name. */
  #file(part: "" | "data" | "deferred"): FileSource {
    const { dataset } = document.documentElement;
    const attribute = part === "" ? this.#name : `${this.#name}${part[0]?.toUpperCase()}${part.slice(1)}`;
    const digest = dataset[attribute];
    const bytes = Number(dataset[`${attribute}Bytes`]);
    const file = part === "" ? `${this.#name}.wasm` : `${this.#name}.${part}.wasm`;
    return {
      ...(bytes > 0 ? { bytes } : {}),
      url: siteAddress(digest === undefined ? file : `${file}?v=${digest}`),
    };
  }

  /** It runs, so the browser has loaded all of it. */
  hasRun(): void {
    writePreference(this.#preference, this.#digest);
  }

  get #preference(): string {
    return `loaded.${this.#name}`;
  }
}
