import { chineseEmbedding } from "../language/embedding.chinese.ts";
import { englishEmbedding } from "../language/embedding.english.ts";
import type { Language } from "../language/language.ts";
import type { Text } from "../language/text.ts";
import type { Refusal } from "./options.ts";

export type Words = Text["embedding"];

/** The poster's words; it has both languages and needs no other texts. */
export const WORDS: Readonly<Record<Language, Words>> = { en: englishEmbedding, zh: chineseEmbedding };

/** Says why something was refused. */
export function sayRefusal(refusal: Refusal, { refused }: Words): string {
  switch (refusal.kind) {
    case "parameter":
      return refused.parameter(refusal.name, refusal.value);
    case "large":
      return refused.large(refusal.what, String(refusal.most));
    case "foreign":
      return refused.foreign(refusal.address);
    case "missing":
      return refused.missing(refusal.address, refusal.reason);
    case "state":
      return refused.state(refusal.reason);
  }
}
