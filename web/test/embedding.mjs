/**
 * What the tests of embedded playgrounds share: the seed's rollout through an element's
 * interface, its frame, and its events.
 */
import { after, before } from "node:test";
import { manifest, openPage } from "./harness.mjs";
import { servePages } from "./hostpages.mjs";
import { serveStatic } from "./static.mjs";

/** Serves the site under test and another one with pages that embed it, and `files`, while the tests of a file run. */
export function serveHosts(files) {
  const served = {
    /** Opens a page of the other site with this content. */
    openHost(content, options = {}) {
      const { origin } = new URL(served.site.url);
      return openPage(
        {},
        { wait: false, url: served.host.page(content, options), origins: [origin], ...options },
      );
    },
  };
  before(async () => {
    served.site =
      process.env.SITE === undefined ? await serveStatic() : { url: process.env.SITE, close() {} };
    served.host = await servePages(served.site.url, files);
  });
  after(() => {
    served.host?.close();
    served.site?.close();
  });
  return served;
}

/** In the host's page: the seed's rollout by the element's interface, and what came of it. */
export async function rollOut({ id, first, second }) {
  const { api } = document.getElementById(id);
  await api.ready();
  await api.apply(first);
  await api.clock.skip({ settled: true });
  await api.apply(second);
  await api.clock.skip({ settled: true });
  const { items } = await (await api.fetch("/api/v1/namespaces/default/pods")).json();
  return items.map(({ spec, status }) => `${status.phase} ${spec.containers[0].image.split(":").at(-1)}`);
}

/** The pods of the walk-through. */
export const REPLICAS = 3;

export const ROLLOUT = {
  id: "a",
  first: manifest({ replicas: REPLICAS }),
  second: manifest({ replicas: REPLICAS, tag: "v2" }),
};
export const ROLLED_OUT = Array(REPLICAS).fill("Running v2");

/** The frame of an element, once it has a poster. */
export async function frameOf(page, id = "a") {
  const handle = await page.waitForFunction(
    (id) => document.getElementById(id)?.shadowRoot?.querySelector("iframe"),
    id,
  );
  const frame = await handle.asElement().contentFrame();
  await frame.locator(".poster, .header").first().waitFor();
  return frame;
}

/** In the host's page, before its scripts: collects the events of all elements. */
export function collectEvents() {
  globalThis.events = [];
  for (const name of ["ready", "change", "step", "check", "complete", "error", "resize"]) {
    document.addEventListener(
      name,
      ({ target, detail }) => {
        if (target instanceof Element && target.localName === "tabernetes-playground") {
          globalThis.events.push({ id: target.id, name, detail });
        }
      },
      true,
    );
  }
}

export const eventsOf = (page, name) =>
  page.evaluate((name) => globalThis.events.filter((event) => event.name === name), name);
