import type { ModuleSource } from "../protocol/exchange.ts";
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
  readonly #bytes: number;

  constructor(name: "controlplane" | "kubectl") {
    this.#name = name;
    const { dataset } = document.documentElement;
    this.#digest = dataset[name];
    this.#bytes = Number(dataset[`${name}Bytes`]);
  }

  get source(): ModuleSource {
    const file = `${this.#name}.wasm`;
    return {
      ...(this.#bytes > 0 ? { bytes: this.#bytes } : {}),
      url: siteAddress(this.#digest === undefined ? file : `${file}?v=${this.#digest}`),
      cached: this.#digest !== undefined && readPreference(this.#preference) === this.#digest,
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
