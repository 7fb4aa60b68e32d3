/**
 * The first page's cluster: a rolling update that begins by itself, unless the reader
 * wants less motion or to save data, and buttons for what comes after it.
 */
import { savesData } from "../app/idle.ts";
import { html, setText } from "../dom/element.ts";
import type { Playground } from "../embed/playground.ts";
import { eventsOf } from "./watch.ts";
import type { Words } from "./words.ts";

/** Versions of the image in the order of their turns, and one that does not exist. */
const VERSIONS = ["nginx:1.28", "nginx:1.29"] as const;
const BROKEN = "nginx:1.92";

const CONTAINER = "nginx";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

/** What is read of a Deployment. */
interface Deployment {
  readonly metadata: { readonly generation: number };
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

/** Runs the cluster of a stage as guide/hero.go writes it. */
export function runHero(stage: HTMLElement, { hero: words }: Words): void {
  const element = stage.querySelector<Playground>("tabernetes-playground");
  const poster = stage.querySelector<HTMLElement>(".poster");
  const bar = stage.querySelector<HTMLElement>(".hero-bar");
  const name = stage.dataset.deployment;
  if (element === null || poster === null || bar === null || name === undefined) {
    return;
  }
  const hero = new Hero(element, name, words);
  bar.append(...hero.elements);
  const manifest = element.querySelector("script");
  // embed.js comes after this script and reads the element then.
  if (matchMedia("(prefers-reduced-motion: reduce)").matches || savesData()) {
    poster.remove();
  } else {
    element.setAttribute("start", "auto");
    // Who has not seen a poster of the manifest need not wait until it is compared and applied.
    manifest?.remove();
    bar.classList.add("waiting");
    bar.hidden = false;
  }
  element.addEventListener("error", () => poster.remove());
  element.addEventListener(
    "ready",
    () =>
      void hero.run(manifest?.isConnected === true ? undefined : manifest?.text, () => {
        poster.classList.add("gone");
        bar.classList.remove("waiting");
        bar.hidden = false;
      }),
    { once: true },
  );
}

/** What is said and offered below a cluster with one Deployment. */
class Hero {
  readonly elements: readonly HTMLElement[];
  readonly #playground: Playground;
  readonly #name: string;
  readonly #words: Words["hero"];
  readonly #status = html("p", { class: "hero-status", role: "status" });
  readonly #command = html("code", { class: "hero-command" });
  readonly #next: HTMLButtonElement;
  readonly #undo: HTMLButtonElement;
  /** The newest version that exists. */
  #good: string = VERSIONS[0];
  /** The fewest pods that answered since the last change. */
  #fewest = Number.POSITIVE_INFINITY;

  constructor(playground: Playground, name: string, words: Words["hero"]) {
    this.#playground = playground;
    this.#name = name;
    this.#words = words;
    this.#next = this.#button(words.next(this.#other), () => this.#rollOut());
    const broken = this.#button(words.broken, () => this.#setImage(BROKEN));
    this.#undo = this.#button(words.undo, () =>
      this.#change(this.#good, `kubectl rollout undo deployment/${name}`),
    );
    this.#undo.hidden = true;
    const same = html("p", { class: "hero-same" }, `${words.same} `, this.#command);
    this.elements = [
      html("div", { class: "hero-said" }, this.#status, same),
      html("div", { class: "hero-offers" }, this.#next, broken, this.#undo),
    ];
  }

  /**
   * Rolls the next version out once the first one runs, and says what becomes of it.
   * `manifest` is what the cluster does not have yet; `shown` is called when it has.
   */
  async run(manifest: string | undefined, shown: () => void): Promise<void> {
    try {
      if (manifest !== undefined) {
        await this.#send("POST", "", "application/yaml", manifest);
      }
      shown();
      // What moves first shall be an update: the first version's start goes by at once.
      await this.#playground.api.clock.skip({ settled: true });
      await this.#rollOut();
      for (;;) {
        await this.#follow();
      }
    } catch (error) {
      shown();
      this.#fail(error);
    }
  }

  /** Until the watch ends, as it does when the reader resets the cluster. */
  async #follow(): Promise<void> {
    const query = `watch=1&fieldSelector=metadata.name%3D${this.#name}`;
    const watch = await this.#playground.api.fetch(`${DEPLOYMENTS}?${query}`);
    try {
      for await (const { object } of eventsOf(watch)) {
        this.#show(object as Deployment);
      }
    } catch {
      // Of the cluster that is no more; the next watch is of the new one.
    }
  }

  get #other(): string {
    return VERSIONS.find((version) => version !== this.#good) ?? VERSIONS[0];
  }

  async #rollOut(): Promise<void> {
    this.#good = this.#other;
    setText(this.#next, this.#words.next(this.#other));
    await this.#setImage(this.#good);
  }

  #setImage(image: string): Promise<void> {
    return this.#change(image, `kubectl set image deployment/${this.#name} ${CONTAINER}=${image}`);
  }

  /** Asks for another image, as the command does that is shown. */
  async #change(image: string, command: string): Promise<void> {
    this.#fewest = Number.POSITIVE_INFINITY;
    setText(this.#command, command);
    const patch = { spec: { template: { spec: { containers: [{ name: CONTAINER, image }] } } } };
    const type = "application/strategic-merge-patch+json";
    await this.#send("PATCH", `/${this.#name}`, type, JSON.stringify(patch));
  }

  async #send(method: string, path: string, type: string, body: string): Promise<void> {
    const { ok, status } = await this.#playground.api.fetch(DEPLOYMENTS + path, {
      method,
      headers: { "Content-Type": type },
      body,
    });
    if (!ok) {
      throw new Error(`${method} ${DEPLOYMENTS}${path}: ${status}`);
    }
  }

  #show({ metadata, spec, status = {} }: Deployment): void {
    const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
    const wanted = spec.replicas;
    const image = spec.template.spec.containers[0]?.image ?? this.#good;
    this.#fewest = Math.min(this.#fewest, availableReplicas);
    const isDone =
      observedGeneration >= metadata.generation &&
      [replicas, updatedReplicas, availableReplicas].every((count) => count === wanted);
    this.#undo.hidden = image !== BROKEN;
    setText(
      this.#status,
      isDone
        ? this.#words.done(image, this.#fewest, wanted)
        : image === BROKEN
          ? this.#words.stuck(image)
          : this.#words.rolling(image, updatedReplicas, availableReplicas, wanted),
    );
  }

  #button(label: string, act: () => Promise<void>): HTMLButtonElement {
    const made = html("button", { type: "button" }, label);
    made.addEventListener("click", () => void act().catch((error: unknown) => this.#fail(error)));
    return made;
  }

  #fail(error: unknown): void {
    setText(this.#status, `${this.#words.trouble} ${error instanceof Error ? error.message : String(error)}`);
  }
}
