/** Caches of a browser, in memory: as much of them as tests need. */
export class MemoryCaches {
  /** Bodies and headers by the names of caches and the addresses in them. */
  readonly #caches = new Map<string, Map<string, Response>>();
  /** Number of responses that still fit; then storing one fails as it does in a browser. */
  room = Number.POSITIVE_INFINITY;

  async open(name: string) {
    const cache = this.#caches.get(name) ?? new Map<string, Response>();
    this.#caches.set(name, cache);
    return {
      put: async (address: string, response: Response) => {
        if (this.room === 0) {
          throw new DOMException("there is no room", "QuotaExceededError");
        }
        this.room--;
        const { headers } = response;
        cache.set(address, new Response(await response.arrayBuffer(), { headers }));
      },
    };
  }

  async match(address: string, { cacheName = "" } = {}): Promise<Response | undefined> {
    return this.#caches.get(cacheName)?.get(address)?.clone();
  }

  async keys(): Promise<string[]> {
    return [...this.#caches.keys()];
  }

  async delete(name: string): Promise<boolean> {
    return this.#caches.delete(name);
  }

  /** As what the code under test takes. */
  get storage(): CacheStorage {
    return this as unknown as CacheStorage;
  }
}
