/**
 * The first page's cluster: a Deployment's first rollout and an update of it, which begin
 * by themselves unless the reader wants less motion or to save data, and buttons for what
 * comes after them.
 */
import { savesData } from "../app/idle.ts";
import { html, setText } from "../dom/element.ts";
import type { Playground } from "../embed/playground.ts";
import { eventsOf } from "./watch.ts";
import type { Words } from "./words.ts";

/** Versions of the image in the order of their turns, and one that does not exist. */
const VERSIONS = ["nginx:1.28", "nginx:1.29"] as const;
const BROKEN = "nginx:1.92";

/** How long the page says that the first version runs before it asks for the next one. */
const READING_MILLISECONDS = 2500;

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
  const { deployment: name, command } = stage.dataset;
  if (element === null || poster === null || bar === null || name === undefined || command === undefined) {
    return;
  }
  const hero = new Hero(element, name, command, words);
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
    () => {
      // What it waited for is there, and what comes is said below.
      poster.classList.add("ready");
      bar.classList.remove("waiting");
      bar.hidden = false;
      const missing = manifest?.isConnected === true ? undefined : manifest?.text;
      void hero.run(missing, () => poster.classList.add("gone"));
    },
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
  readonly #broken: HTMLButtonElement;
  readonly #undo: HTMLButtonElement;
  /** The newest version that exists. */
  #good: string = VERSIONS[0];
  /** The fewest pods that answered since the last change. */
  #fewest = Number.POSITIVE_INFINITY;
  /** Whether the first version has not been changed yet. */
  #isFirst = true;
  /** The update that comes by itself, once the first version runs. */
  #update: ReturnType<typeof setTimeout> | undefined;

  /** `command` makes the Deployment of that name which the cluster begins with. */
  constructor(playground: Playground, name: string, command: string, words: Words["hero"]) {
    this.#playground = playground;
    this.#name = name;
    this.#words = words;
    this.#next = this.#button(words.next(this.#other), () => this.#rollOut());
    this.#broken = this.#button(words.broken, () => this.#setImage(BROKEN));
    // Until there is something to change.
    this.#next.disabled = true;
    this.#broken.disabled = true;
    this.#undo = this.#button(words.undo, () =>
      this.#change(this.#good, `kubectl rollout undo deployment/${name}`),
    );
    this.#undo.hidden = true;
    setText(this.#status, words.asked);
    setText(this.#command, command);
    const same = html("p", { class: "hero-same" }, `${words.same} `, this.#command);
    this.elements = [
      html("div", { class: "hero-said" }, this.#status, same),
      html("div", { class: "hero-offers" }, this.#next, this.#broken, this.#undo),
    ];
  }

  /**
   * Says what becomes of the first version, and rolls the next one out once it runs.
   * `manifest` is what the cluster does not have yet; `seen` is called when there is
   * something to see.
   */
  async run(manifest: string | undefined, seen: () => void): Promise<void> {
    try {
      if (manifest !== undefined) {
        await this.#send("POST", "", "application/yaml", manifest);
      }
      this.#next.disabled = false;
      this.#broken.disabled = false;
      for (;;) {
        await this.#follow(seen);
      }
    } catch (error) {
      seen();
      this.#fail(error);
    }
  }

  /** Until the watch ends, as it does when the reader resets the cluster. */
  async #follow(seen: () => void): Promise<void> {
    const query = `watch=1&fieldSelector=metadata.name%3D${this.#name}`;
    const watch = await this.#playground.api.fetch(`${DEPLOYMENTS}?${query}`);
    try {
      for await (const { object } of eventsOf(watch)) {
        this.#show(object as Deployment);
        seen();
      }
    } catch {
      // Of the cluster that is no more; the next watch is of the new one.
    }
  }

  get #other(): string {
    return VERSIONS.find((version) => version !== this.#good) ?? VERSIONS[0];
  }

  /** The next version follows by itself, unless the reader has asked for another before. */
  #updateSoon(): void {
    this.#update ??= setTimeout(() => {
      if (this.#isFirst) {
        void this.#rollOut().catch((error: unknown) => this.#fail(error));
      }
    }, READING_MILLISECONDS);
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
    this.#isFirst = false;
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

  #show(deployment: Deployment): void {
    const { availableReplicas = 0 } = deployment.status ?? {};
    const image = deployment.spec.template.spec.containers[0]?.image ?? this.#good;
    const isDone = isComplete(deployment);
    this.#fewest = Math.min(this.#fewest, availableReplicas);
    this.#undo.hidden = image !== BROKEN;
    if (this.#isFirst && isDone) {
      this.#updateSoon();
    }
    setText(this.#status, this.#said(deployment, image, isDone));
  }

  #said({ metadata, spec, status = {} }: Deployment, image: string, isDone: boolean): string {
    const { observedGeneration = 0, availableReplicas = 0 } = status;
    // Until the controller has seen a change it counts the pods of the version before.
    const updated = observedGeneration < metadata.generation ? 0 : (status.updatedReplicas ?? 0);
    const wanted = spec.replicas;
    if (this.#isFirst) {
      return isDone
        ? this.#words.started(image, wanted, this.#other)
        : this.#words.starting(image, availableReplicas, wanted);
    }
    if (isDone) {
      return this.#words.done(image, this.#fewest, wanted);
    }
    return image === BROKEN
      ? this.#words.stuck(image)
      : this.#words.rolling(image, updated, availableReplicas, wanted);
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

/** Whether the Deployment's pods are those that are asked for, no more and no fewer, and answer. */
function isComplete({ metadata, spec, status = {} }: Deployment): boolean {
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  return (
    observedGeneration >= metadata.generation &&
    [replicas, updatedReplicas, availableReplicas].every((count) => count === spec.replicas)
  );
}
