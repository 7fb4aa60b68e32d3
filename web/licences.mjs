/**
 * Writes the licences of everything that the site ships into one text: those of
 * the Go modules named on standard input, a line each as "path version", out of
 * vendor/, and those of the page's npm packages.
 *
 *   go list -deps -f '{{with .Module}}{{.Path}} {{.Version}}{{end}}' PACKAGES |
 *     GOROOT="$(go env GOROOT)" node web/licences.mjs OUT
 *
 * It fails when one of them has no licence file: then it must not be shipped.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const web = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(web);
/** Modules of this project. */
const OURS = new Set(["", "tabernetes", "english.tabernetes.dev"]);
const LICENCE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** The texts of the licence files of a folder. */
function licencesOf(folder) {
  return readdirSync(folder)
    .filter((name) => LICENCE.test(name) && !name.endsWith(".go"))
    .sort()
    .map((name) => readFileSync(path.join(folder, name), "utf8").trim());
}

function goModules() {
  const lines = readFileSync(0, "utf8").trim().split("\n");
  return [...new Set(lines)]
    .map((line) => line.split(" "))
    .filter(([name]) => !OURS.has(name ?? ""))
    .map(([name, version]) => ({ name: `${name} ${version}`, folder: path.join(root, "vendor", name) }));
}

/** What package-lock.json does not mark as a tool of the build. */
function npmPackages() {
  const { packages } = JSON.parse(readFileSync(path.join(web, "package-lock.json"), "utf8"));
  return Object.entries(packages)
    .filter(([place, { dev }]) => place !== "" && dev !== true)
    .map(([place, { version }]) => ({
      name: `${place.replace(/^.*node_modules\//, "")} ${version}`,
      folder: path.join(web, place),
    }));
}

const sections = [...goModules(), ...npmPackages()].map((shipped) => ({
  ...shipped,
  texts: licencesOf(shipped.folder),
}));
const without = sections.filter(({ texts }) => texts.length === 0);
if (sections.length === 0 || without.length > 0) {
  const names = without.map(({ name }) => name).join(", ");
  process.stderr.write(`licences: ${names === "" ? "nothing was named" : `no licence file in ${names}`}\n`);
  process.exit(1);
}
const go = readFileSync(path.join(process.env.GOROOT ?? ".", "LICENSE"), "utf8").trim();
sections.unshift({ name: "The Go standard library and runtime", texts: [go] });

// One text that many share, as those of Kubernetes' modules do, stands once.
const byText = new Map();
for (const { name, texts } of sections) {
  const text = texts.join("\n\n");
  byText.set(text, [...(byText.get(text) ?? []), name]);
}
const rule = "=".repeat(78);
const whole = [...byText].map(([text, names]) => `${rule}\n${names.join("\n")}\n${rule}\n\n${text}\n`);
writeFileSync(
  process.argv[2],
  `What Tabernetes ships of others, and under which licences.\n\n${whole.join("\n")}`,
);
