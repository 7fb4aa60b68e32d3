/**
 * The service worker: answers with the files that a page has kept (keeper.ts). It knows
 * no build, so that a new one takes nothing away from pages that are open, and it fetches
 * nothing of its own.
 */
import { VERSION_PARAMETER } from "../../protocol/build.ts";
import { Builds } from "../../protocol/builds.ts";
import { answer, wantedBy } from "./answer.ts";

/** Static routes, which not every browser has; see https://w3c.github.io/ServiceWorker/#dom-installevent-addroutes. */
interface RoutingInstallEvent extends ExtendableEvent {
  addRoutes?(
    rules: readonly { condition: { urlPattern: { pathname: string; search: string } }; source: "network" }[],
  ): Promise<void>;
}

const scope = globalThis as unknown as ServiceWorkerGlobalScope;
const site = scope.registration.scope;

scope.addEventListener("install", (event: RoutingInstallEvent) => {
  const routed = event.addRoutes?.([
    // A request that goes to the network anyway need not wait until this worker has started.
    { condition: { urlPattern: { pathname: "/*", search: `${VERSION_PARAMETER}=*` } }, source: "network" },
  ]);
  event.waitUntil(Promise.all([routed?.catch(() => undefined), scope.skipWaiting()]));
});

// The page that has kept the files is answered from them as well: its parts may soon be
// gone from the site.
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const wanted = wantedBy(request, site);
  if (wanted !== undefined) {
    const builds = new Builds(scope.caches, site);
    event.respondWith(answer(wanted, request, builds, (asked) => scope.fetch(asked)));
  }
});
