import type { LessonBlock } from "../protocol/lesson.ts";
import { sanitize } from "./sanitize.ts";

/** Stands for a value that is not known yet. */
const UNKNOWN = "…";

/** What is told of a lesson's steps when its time has come, in one language. */
export class Sentences {
  readonly #blocks: readonly LessonBlock[];
  readonly #base: string;

  /** `base`: what addresses in the blocks are relative to. */
  constructor(blocks: readonly LessonBlock[], base: string) {
    this.#blocks = blocks;
    this.#base = base;
  }

  /** A sentence of a check or of a question, with values in the places of their names; undefined when there is none. */
  sentence(
    kind: "check" | "question",
    step: string,
    id: string,
    key: string,
    values: Readonly<Record<string, string>> = {},
  ): DocumentFragment | undefined {
    const found = this.#block(kind, step, id)?.sentences?.find((sentence) => sentence.key === key);
    return found === undefined ? undefined : withValues(sanitize(found.html, this.#base), values);
  }

  /** The hint of a wrong way. */
  wrong(step: string, id: string): DocumentFragment | undefined {
    const html = this.#block("wrong", step, id)?.html;
    return html === undefined ? undefined : sanitize(html, this.#base);
  }

  #block(kind: LessonBlock["kind"], step: string, id: string): LessonBlock | undefined {
    return this.#blocks.find((block) => block.kind === kind && block.step === step && block.id === id);
  }
}

/** Values are text, whatever is in them: they are put into text nodes only. */
function withValues(fragment: DocumentFragment, values: Readonly<Record<string, string>>): DocumentFragment {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    node.nodeValue = fillIn(node.nodeValue ?? "", values);
  }
  return fragment;
}

/** Puts values in the places of their names in braces. */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-z][a-z0-9-]*)\}/g, (_match, name: string) => values[name] ?? UNKNOWN);
}
