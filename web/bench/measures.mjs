/**
 * What the bench measures, in this order, by the name that `--only` takes. A measure has
 *
 *   what      what its figures are, in which unit
 *   browsers  those that it can be taken in; `once`: its figures do not vary, or take very long
 *   prepare   once for each build, before the first run (optional)
 *   run       one run against a build: numbers, in objects
 *   finish    once for each build, with what `prepare` returned (optional)
 *
 * `prepare` and `run` get a build: `{ name, dist, url, browser, hours, log }`.
 */
import { artefacts } from "./measures/artefacts.mjs";
import { boot } from "./measures/boot.mjs";
import { classroom } from "./measures/class.mjs";
import { diagram } from "./measures/diagram.mjs";
import { embed } from "./measures/embed.mjs";
import { firstScript } from "./measures/firstscript.mjs";
import { kubectl } from "./measures/kubectl.mjs";
import { memory } from "./measures/memory.mjs";
import { pace } from "./measures/pace.mjs";
import { received } from "./measures/received.mjs";
import { large, rollouts } from "./measures/rollouts.mjs";
import { seed } from "./measures/seed.mjs";
import { sizes } from "./measures/sizes.mjs";
import { soak } from "./measures/soak.mjs";
import { storage } from "./measures/storage.mjs";
import { stored } from "./measures/stored.mjs";

export const MEASURES = {
  sizes,
  artefacts,
  first: firstScript,
  received,
  boot,
  embed,
  class: classroom,
  seed,
  stored,
  memory,
  kubectl,
  rollouts,
  large,
  pace,
  diagram,
  storage,
  soak,
};
