import { english } from "../language/english.ts";
import { type Language, loadText } from "../language/language.ts";
import type { Text } from "../language/text.ts";
import type { Loader } from "../loading/loader.ts";

/** The language that the page speaks. Until the texts of a newly chosen language are there, it keeps the previous one. */
export class Speech {
  readonly #loader: Loader;
  readonly #onText: () => void;
  #language: Language;
  #text: Text;

  /** Without the texts of the language it begins in English and asks for them again. */
  constructor(language: Language, text: Text | undefined, loader: Loader, onText: () => void) {
    this.#loader = loader;
    this.#onText = onText;
    this.#language = language;
    this.#text = text ?? english;
    if (text === undefined) {
      void this.change(language);
    }
  }

  /** The chosen language. */
  get language(): Language {
    return this.#language;
  }

  get text(): Text {
    return this.#text;
  }

  async change(language: Language): Promise<void> {
    this.#language = language;
    const text = await this.#loader.load(() => loadText(language));
    if (language === this.#language) {
      this.#text = text;
      this.#onText();
    }
  }
}
