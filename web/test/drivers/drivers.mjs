/**
 * The browsers that tests and benchmarks drive, each in a file beside this one, all
 * in the same way:
 *
 *   profile = newProfile("firefox")   what a browser keeps from one visit to the next; with
 *                                     { proxy: "127.0.0.1:8080" } it asks for all by this
 *     open()                          a page; one at a time
 *     remove()                        forgets what was kept
 *
 *   page
 *     version                         of the browser
 *     goto(url, early)                resolves when the document is there; `early` runs in it
 *                                     before its scripts, or as soon as the browser lets it
 *     reload()                        likewise, without `early`
 *     evaluate(run, argument)         calls a function in the page, which may return a promise;
 *                                     argument and result go as JSON
 *     renderer()                      the process that the page and its workers run in
 *     close()                         ends the visit; caches and storage stay in the profile
 *
 * What else a driver can do is its own: Chromium has Playwright's page, and tells how
 * large WebAssembly's memories are.
 */
import { ChromiumProfile } from "./chromium.mjs";
import { FirefoxProfile } from "./firefox.mjs";
import { WebKitProfile } from "./webkit.mjs";

const PROFILES = { chromium: ChromiumProfile, firefox: FirefoxProfile, webkit: WebKitProfile };

export const BROWSERS = Object.keys(PROFILES);

export function newProfile(browser, { proxy } = {}) {
  const Profile = PROFILES[browser];
  if (Profile === undefined) {
    throw new RangeError(`no browser ${JSON.stringify(browser)}; there are ${BROWSERS.join(", ")}`);
  }
  return new Profile(proxy);
}
