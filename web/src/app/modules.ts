import { ownBuild } from "../dom/buildaddress.ts";
import { fetchFile, isDistant, siteAddress } from "../loading/files.ts";
import type { FileSource, ModuleSource } from "../protocol/exchange.ts";
import { isKept } from "./keptimages.ts";
import { readPreference, writePreference } from "./preferences.ts";
import { hasStoredBuild } from "./storedbuilds.ts";

/**
 * A WebAssembly module of the site. The build writes the digest of its content and
 * its size into the page, so that the browser can cache the module without
 * revalidating it, and the page can show how much of it has been loaded and remember
 * that this browser has loaded it.
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
      images: Object.fromEntries(IMAGES[name].map((point) => [point, this.image(point)])),
      cached: !isDistant || (this.#digest !== undefined && readPreference(this.#preference) === this.#digest),
    };
  }

  /** It runs, so the browser has loaded all of it. */
  hasRun(): void {
    writePreference(this.#preference, this.#digest);
  }

  /**
   * Has the browser fetch and cache the seldom-called functions, so that no call of
   * one has to wait for the network. They are not read here and take no memory.
   */
  async fetchAhead(): Promise<void> {
    const preference = `ahead.${this.#name}`;
    const { url, stored } = this.source.deferred;
    if (
      !isDistant ||
      this.#digest === undefined ||
      stored === true ||
      readPreference(preference) === this.#digest
    ) {
      return;
    }
    const response = await fetchFile(url, { priority: "low" });
    await response.body?.pipeTo(new WritableStream());
    if (response.ok) {
      writePreference(preference, this.#digest);
    }
  }

  /** The program's memory at a point of its start. */
  image(point: string): FileSource {
    const file = fileOf(`${this.#name}.${point}.image`);
    return isKept(file.url) ? { ...file, kept: true } : file;
  }

  get #preference(): string {
    return `loaded.${this.#name}`;
  }
}

/** The points at which the build captures a module's memory (web/capture.mjs). */
const IMAGES = { controlplane: ["built", "ready"], kubectl: ["built"] } as const;

/** A file of the site whose digest and size the build has written into the page, and whether it is packed. */
function fileOf(file: string): FileSource {
  const attribute = `data-${file.replace(/\.wasm$/, "").replaceAll(".", "-")}`;
  const page = document.documentElement;
  const digest = page.getAttribute(attribute);
  const bytes = Number(page.getAttribute(`${attribute}-bytes`));
  const packed = page.hasAttribute("data-packed");
  const name = packed ? `${file}.gz` : file;
  return {
    ...(bytes > 0 ? { bytes } : {}),
    ...(packed ? { packed } : {}),
    ...(hasStoredBuild(ownBuild()) ? { stored: true } : {}),
    url: siteAddress(digest === null ? name : `${name}?v=${digest}`),
  };
}
