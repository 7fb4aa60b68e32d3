import type { FileSource, ModuleSource } from "../protocol/exchange.ts";
import { isKept, keepImage } from "./imagekeeper.ts";
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
    const name = this.#name;
    return {
      ...fileOf(`${name}.wasm`),
      data: fileOf(`${name}.data.wasm`),
      deferred: fileOf(`${name}.deferred.wasm`),
      images: Object.fromEntries(IMAGES[name].map((point) => [point, this.#image(point)])),
      cached: this.#digest !== undefined && readPreference(this.#preference) === this.#digest,
    };
  }

  /** It runs, so the browser has loaded all of it. */
  hasRun(): void {
    writePreference(this.#preference, this.#digest);
  }

  /**
   * Has the browser fetch the functions that are seldom called, and keep them, so that
   * none has to wait for the network: they are not read, and take no memory.
   */
  async fetchAhead(): Promise<void> {
    const preference = `ahead.${this.#name}`;
    if (this.#digest === undefined || readPreference(preference) === this.#digest) {
      return;
    }
    const response = await fetch(this.source.deferred.url, { priority: "low" });
    await response.body?.pipeTo(new WritableStream());
    if (response.ok) {
      writePreference(preference, this.#digest);
    }
  }

  /** Keeps the memory of a start unpacked, so that the next visit need not unpack it. */
  keepImage(point: "built" | "ready"): Promise<void> {
    return keepImage(this.#image(point));
  }

  #image(point: string): FileSource {
    const file = fileOf(`${this.#name}.${point}.image`);
    return isKept(file.url) ? { ...file, kept: true } : file;
  }

  get #preference(): string {
    return `loaded.${this.#name}`;
  }
}

/** The points at which the build captures a module's memory (web/capture.mjs). */
const IMAGES = { controlplane: ["built", "ready"], kubectl: ["built"] } as const;

/** A file of the site, of which the build has written digest and size into the page. */
function fileOf(file: string): FileSource {
  const attribute = `data-${file.replace(/\.wasm$/, "").replaceAll(".", "-")}`;
  const page = document.documentElement;
  const digest = page.getAttribute(attribute);
  const bytes = Number(page.getAttribute(`${attribute}-bytes`));
  return {
    ...(bytes > 0 ? { bytes } : {}),
    url: siteAddress(digest === null ? file : `${file}?v=${digest}`),
  };
}
