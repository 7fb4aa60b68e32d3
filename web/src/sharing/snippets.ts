import type { Pane, Parameter } from "../protocol/embedding.ts";

/** What a shared playground starts from. */
export type Content =
  | { readonly kind: "empty" }
  | { readonly kind: "lesson"; readonly lesson: string }
  | { readonly kind: "yaml"; readonly yaml: string }
  /** A cluster, as a link has it. */
  | { readonly kind: "state"; readonly state: string };

/** What an author chooses; everything that is left out is as usual. */
export interface Choices {
  readonly content: Content;
  /** Words for a reader who cannot be shown the playground. */
  readonly title: string;
  readonly start?: "visible" | "auto";
  /** Pixels. */
  readonly height?: number;
  readonly panes?: readonly Pane[];
  readonly readOnly?: boolean;
}

/** Where a snippet goes. */
export const TARGETS = ["element", "frame", "fence", "hugo", "sphinx", "reveal", "picture"] as const;

export type Target = (typeof TARGETS)[number];

/** Pixels of a playground that says nothing about its height (embed/playground.ts). */
export const USUAL_HEIGHT = 480;

/** The text that puts a playground into a page; `site` is the address of this site. */
export function snippet(target: Target, choices: Choices, site: URL): string {
  switch (target) {
    case "element":
      return `${script(site)}\n${element(choices, site)}\n`;
    case "frame":
      return frame(choices, site);
    case "fence":
      return fence("tabernetes", words(choices), yamlOf(choices));
    case "hugo":
      return fence("tabernetes", [`{${hugoAttributes(choices)}}`], yamlOf(choices));
    case "sphinx":
      return directive(choices);
    case "reveal":
      return `${script(site)}\n<section>\n${indent(element(choices, site), "  ")}\n</section>\n`;
    case "picture":
      return `[![${choices.title.replace(/[[\]\\]/g, "\\$&")}](cluster.svg)](${address(choices.content, site)})\n`;
  }
}

/** Where a reader without frames finds the same. */
export function address(content: Content, site: URL): string {
  const whole = new URL("./", site);
  switch (content.kind) {
    case "empty":
      return whole.href;
    case "lesson":
      whole.searchParams.set("lesson", content.lesson);
      return whole.href;
    case "state":
      whole.hash = `cluster=${content.state}`;
      return whole.href;
    case "yaml":
      return frameAddress({ content, title: "" }, site);
  }
}

const script = (site: URL) => `<script async src="${escapeMarkup(new URL("embed.js", site).href)}"></script>`;

function element(choices: Choices, site: URL): string {
  const { content, title } = choices;
  const asChild = content.kind === "yaml" && !/<[/!]/.test(content.yaml);
  const attributes = parameters(choices).filter(([name]) => name !== "yaml" || !asChild);
  const head = attributes.map(([name, value]) =>
    value === "" ? ` ${name}` : ` ${name}="${escapeMarkup(value)}"`,
  );
  const child = asChild ? `  <script type="application/yaml">\n${content.yaml.trimEnd()}\n  </script>\n` : "";
  const link = `<a href="${escapeMarkup(address(content, site))}">${escapeMarkup(title)}</a>`;
  return `<tabernetes-playground${head.join("")}>\n${child}  ${link}\n</tabernetes-playground>`;
}

function frame(choices: Choices, site: URL): string {
  const source = escapeMarkup(frameAddress(choices, site));
  return `<iframe src="${source}" title="${escapeMarkup(choices.title)}" width="100%" height="${choices.height ?? USUAL_HEIGHT}" loading="lazy" allow="clipboard-write" style="border: 0"></iframe>\n`;
}

function frameAddress(choices: Choices, site: URL): string {
  const target = new URL("embed.html", site);
  const hash = new URLSearchParams();
  for (const [name, value] of parameters(choices)) {
    if (name !== "height") {
      (name === "yaml" || name === "state" ? hash : target.searchParams).set(name, value);
    }
  }
  target.hash = hash.toString();
  return target.href;
}

/** What is not as usual, by the names of attributes; an attribute that is only there is empty. */
function parameters({ content, start, height, panes, readOnly }: Choices): [Parameter, string][] {
  const found: [Parameter, string][] = [];
  if (content.kind !== "empty") {
    found.push([
      content.kind,
      "lesson" in content ? content.lesson : "yaml" in content ? content.yaml : content.state,
    ]);
  }
  if (start !== undefined) {
    found.push(["start", start]);
  }
  if (height !== undefined && height !== USUAL_HEIGHT) {
    found.push(["height", String(height)]);
  }
  if (panes !== undefined) {
    found.push(["panes", panes.join(",")]);
  }
  if (readOnly === true) {
    found.push(["readonly", ""]);
  }
  return found;
}

const yamlOf = ({ content }: Choices) => (content.kind === "yaml" ? content.yaml : "");

const withoutYaml = (choices: Choices) => parameters(choices).filter(([name]) => name !== "yaml");

const words = (choices: Choices) =>
  withoutYaml(choices).map(([name, value]) => (value === "" ? name : `${name}=${value}`));

const hugoAttributes = (choices: Choices) =>
  withoutYaml(choices)
    .map(([name, value]) => `${name}=${value === "" ? "true" : /^\d+$/.test(value) ? value : `"${value}"`}`)
    .join(" ");

/** A block of code, fenced by more backticks than it has. */
function fence(language: string, rest: readonly string[], code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  const body = code === "" ? "" : `${code.trimEnd()}\n`;
  return `${ticks}${[language, ...rest.filter((word) => word !== "{}")].join(" ")}\n${body}${ticks}\n`;
}

function directive(choices: Choices): string {
  const options = withoutYaml(choices).map(
    ([name, value]) => `   :${name}:${value === "" ? "" : ` ${value}`}\n`,
  );
  const yaml = yamlOf(choices);
  return `.. tabernetes::\n${options.join("")}${yaml === "" ? "" : `\n${indent(yaml.trimEnd(), "   ")}\n`}`;
}

const indent = (text: string, by: string) => text.replace(/^(?=.)/gm, by);

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escapeMarkup = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
