import { type BuildList, isBuildList, LIST_FILE, VERSION_PARAMETER } from "./build.ts";

/** The form in which builds are kept; a service worker reads those of its own form alone. */
const FORM = "tabernetes-1";

const PAGE = "index.html";

/**
 * The builds of a site that this browser keeps, each in a cache of its own, and which of
 * them is shown to who opens the site. Sites in other folders of an origin have builds of
 * their own. A build is whole once its list is in its cache.
 */
export class Builds {
  readonly #caches: CacheStorage;
  readonly #site: URL;
  readonly #prefix: string;

  /** `site` is the address of the site's folder, with a slash at its end. */
  constructor(caches: CacheStorage, site: string) {
    this.#caches = caches;
    this.#site = new URL(site);
    this.#prefix = `${FORM} ${this.#site.pathname} `;
  }

  /** The build that is shown to who opens the site; undefined where none is kept yet. */
  async current(): Promise<string | undefined> {
    const answer = await this.#caches.match(this.#site.href, { cacheName: this.#pointer });
    return await answer?.text();
  }

  async setCurrent(build: string): Promise<void> {
    const cache = await this.#caches.open(this.#pointer);
    await cache.put(this.#site.href, new Response(build));
  }

  /** All builds that are kept, whole or in part. */
  async names(): Promise<string[]> {
    const names = await this.#caches.keys();
    return names
      .filter((name) => name.startsWith(this.#prefix) && name !== this.#pointer)
      .map((name) => name.slice(this.#prefix.length));
  }

  /** The list of a build that is whole. */
  async list(build: string): Promise<BuildList | undefined> {
    const answer = await this.match(build, new URL(LIST_FILE, this.#site).href);
    const list: unknown = await answer?.json();
    return isBuildList(list) ? list : undefined;
  }

  /** The builds that are whole. */
  async whole(): Promise<string[]> {
    const names = await this.names();
    const lists = await Promise.all(names.map((name) => this.list(name)));
    return names.filter((_, index) => lists[index] !== undefined);
  }

  /** The file of a build with an address. */
  match(build: string, address: string): Promise<Response | undefined> {
    return this.#caches.match(this.#key(address), { cacheName: this.#prefix + build });
  }

  /** The file of any build with an address that names its content. */
  async matchAny(address: string): Promise<Response | undefined> {
    for (const build of await this.names()) {
      const found = await this.match(build, address);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  async put(build: string, address: string, response: Response): Promise<void> {
    const cache = await this.#caches.open(this.#prefix + build);
    await cache.put(this.#key(address), response);
  }

  /** The build is whole with this. */
  putList(list: BuildList): Promise<void> {
    const answer = new Response(JSON.stringify(list), { headers: { "Content-Type": "application/json" } });
    return this.put(list.build, new URL(LIST_FILE, this.#site).href, answer);
  }

  async delete(build: string): Promise<void> {
    await this.#caches.delete(this.#prefix + build);
  }

  get #pointer(): string {
    return `${this.#prefix}current`;
  }

  /** Where a file is in its build's cache: a folder stands for its page, and of parameters only that counts which names a content. */
  #key(address: string): string {
    const { origin, pathname, searchParams } = new URL(address);
    const version = searchParams.get(VERSION_PARAMETER);
    const path = pathname.endsWith("/") ? pathname + PAGE : pathname;
    return origin + path + (version === null ? "" : `?${VERSION_PARAMETER}=${version}`);
  }
}
