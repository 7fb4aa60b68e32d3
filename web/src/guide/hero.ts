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

export function runHero(stage: HTMLElement, { hero: words }: Words): void {
  const element = stage.querySelector<Playground>("tabernetes-playground");
  const poster = stage.querySelector<HTMLElement>(".poster");
  const bar = stage.querySelector<HTMLElement>(".hero-bar");
  const name = stage.dataset.deployment;
  if (element === null || poster === null || bar === null || name === undefined) {
    return;
  }
  // embed.js comes after this script and reads it then.
  if (matchMedia("(prefers-reduced-motion: reduce)").matches || savesData()) {
    poster.remove();
  } else {
    element.setAttribute("start", "auto");
  }

  const status = html("p", { class: "hero-status", role: "status" });
  const command = html("code", { class: "hero-command" });
  const said = html("p", { class: "hero-same", hidden: true }, `${words.same} `, command);
  /** The newest version that works. */
  let good: string = VERSIONS[0];
  /** The fewest pods that answered since the last change. */
  let fewest = Number.POSITIVE_INFINITY;

  /** Asks for another image, as the command does that is shown. */
  const change = async (image: string, line: string): Promise<void> => {
    fewest = Number.POSITIVE_INFINITY;
    setText(command, line);
    said.hidden = false;
    const patch = { spec: { template: { spec: { containers: [{ name: CONTAINER, image }] } } } };
    await element.api.fetch(`${DEPLOYMENTS}/${name}`, {
      method: "PATCH",
      headers: { "Content-Type": "application/strategic-merge-patch+json" },
      body: JSON.stringify(patch),
    });
  };
  const set = (image: string) => change(image, `kubectl set image deployment/${name} ${CONTAINER}=${image}`);
  const next = () => {
    good = VERSIONS.find((version) => version !== good) ?? VERSIONS[0];
    return set(good);
  };

  const button = (label: string, act: () => Promise<void>) => {
    const made = html("button", { type: "button" }, label);
    made.addEventListener("click", () => void act().catch(fail));
    return made;
  };
  const fail = (error: unknown) => setText(status, `${words.trouble} ${String(error)}`);
  const undo = button(words.undo, () => change(good, `kubectl rollout undo deployment/${name}`));
  const offers = html(
    "div",
    { class: "hero-offers" },
    button(words.next, next),
    button(words.broken, () => set(BROKEN)),
    undo,
  );
  bar.append(html("div", { class: "hero-said" }, status, said), offers);

  const show = (deployment: Deployment) => {
    const { replicas: wanted, template } = deployment.spec;
    const {
      observedGeneration = 0,
      replicas = 0,
      updatedReplicas = 0,
      availableReplicas = 0,
    } = deployment.status ?? {};
    const image = template.spec.containers[0]?.image ?? good;
    fewest = Math.min(fewest, availableReplicas);
    const isDone =
      observedGeneration >= deployment.metadata.generation &&
      updatedReplicas === wanted &&
      replicas === wanted &&
      availableReplicas === wanted;
    undo.hidden = image !== BROKEN;
    const progress = words.rolling(image, updatedReplicas, wanted);
    setText(
      status,
      isDone
        ? words.done(image, fewest, wanted)
        : image === BROKEN
          ? words.stuck(image)
          : `${progress} ${words.available(availableReplicas, wanted)}`,
    );
  };

  const run = async (): Promise<void> => {
    const { api } = element;
    await api.clock.skip({ settled: true });
    poster.classList.add("gone");
    bar.hidden = false;
    const watch = await api.fetch(`${DEPLOYMENTS}?watch=1&fieldSelector=metadata.name%3D${name}`);
    await next();
    for await (const event of eventsOf(watch)) {
      show(event.object as Deployment);
    }
  };
  element.addEventListener("ready", () => void run().catch(fail), { once: true });
  element.addEventListener("error", () => poster.remove());
}
