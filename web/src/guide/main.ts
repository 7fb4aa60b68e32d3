/**
 * The script of the guide's pages, which can be read without it: it puts the address of
 * this site into what a reader copies, adds the buttons that copy it, and runs the first
 * page's cluster (hero.ts).
 */
import { html, setText } from "../dom/element.ts";
import { runHero } from "./hero.ts";
import { WORDS, type Words } from "./words.ts";

/** What stands for the address in the pages (facts.ts). */
const SITE = "https://site.example/";

/** How long a button says that it has copied. */
const SAID_MILLISECONDS = 2000;

const words: Words = document.documentElement.lang.startsWith("zh") ? WORDS.zh : WORDS.en;

function nameSite(code: HTMLElement): void {
  const site = new URL("../", document.baseURI).href;
  for (const place of textsOf(code)) {
    place.data = place.data.replaceAll(SITE, site);
  }
}

function textsOf(element: HTMLElement): Text[] {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (walker.nextNode()) {
    found.push(walker.currentNode as Text);
  }
  return found;
}

function addCopy(code: HTMLElement): void {
  const button = html("button", { type: "button", class: "copy" }, words.copy);
  button.addEventListener("click", () => {
    void navigator.clipboard
      .writeText(code.textContent ?? "")
      .then(
        () => words.copied,
        () => {
          // Where the clipboard is refused, as on plain http, the keyboard does it.
          getSelection()?.selectAllChildren(code);
          return words.selected;
        },
      )
      .then((said) => {
        setText(button, said);
        setTimeout(() => setText(button, words.copy), SAID_MILLISECONDS);
      });
  });
  const frame = html("div", { class: "code" });
  const block = code.parentElement;
  block?.replaceWith(frame);
  frame.append(...(block === null ? [] : [block]), button);
}

const stage = document.querySelector<HTMLElement>(".hero");
if (stage !== null) {
  runHero(stage, words);
}
for (const code of document.querySelectorAll<HTMLElement>("pre > code")) {
  nameSite(code);
  addCopy(code);
  // What is wider than the page is scrolled, by the keyboard, too.
  code.parentElement?.setAttribute("tabindex", "0");
}
