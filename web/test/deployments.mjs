/** A site that is deployed again, and taken away, while pages of it are open. */
import { createHash } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { finishSite } from "../files.mjs";
import { serveStatic } from "./static.mjs";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
const FORMS = [".gz", ".zst", ".br"];
const DEFERRED = "controlplane.deferred.wasm";

/**
 * Serves the built site. `folder` is what is served from then on, and while `isOff` nobody
 * is answered. `asked` are the paths of all requests, `answer` as in serveStatic.
 */
export async function serveDeployments(answer = () => false) {
  const site = { folder: DIST, isOff: false, asked: [] };
  const served = await serveStatic({
    folder: () => site.folder,
    answer(pathname, request, response) {
      if (site.isOff) {
        request.socket.destroy();
        return true;
      }
      site.asked.push(pathname);
      return answer(pathname, request, response);
    },
  });
  return Object.assign(site, served);
}

/**
 * Makes another build of the site in a folder beside it: no part has the name that it had,
 * and the functions that the first part of the control plane lacks are others.
 */
export async function nextBuild(name) {
  const folder = fileURLToPath(new URL(`../../.cache/${name}/`, import.meta.url));
  rmSync(folder, { recursive: true, force: true });
  const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !FORMS.includes(path.extname(entry.name)))
    .map((entry) => path.relative(DIST, path.join(entry.parentPath, entry.name)));
  const parts = files.filter((file) => file.startsWith("parts/")).map((file) => path.basename(file));
  const renamed = (text) =>
    parts.reduce(
      (all, part) =>
        all.replaceAll(
          part,
          part.replace(/-\w+\.js$/, (hash) => `${hash.slice(0, -3)}x.js`),
        ),
      text,
    );
  const foreign = "another build's functions";
  const digest = createHash("sha256").update(foreign).digest("hex").slice(0, 16);
  for (const file of files) {
    const target = path.join(folder, renamed(file));
    mkdirSync(path.dirname(target), { recursive: true });
    if (file === DEFERRED) {
      writeFileSync(target, foreign);
    } else if (/\.(js|html)$/.test(file)) {
      const text = renamed(readFileSync(path.join(DIST, file), "utf8"));
      writeFileSync(target, text.replace(/(data-controlplane-deferred)="\w+"/, `$1="${digest}"`));
    } else {
      linkSync(path.join(DIST, file), target);
    }
  }
  // It is written anew.
  rmSync(path.join(folder, "files.json"), { force: true });
  await finishSite(folder);
  return {
    folder,
    build: JSON.parse(readFileSync(path.join(folder, "files.json"), "utf8")).build,
    remove: () => existsSync(folder) && rmSync(folder, { recursive: true }),
  };
}
