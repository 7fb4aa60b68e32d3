/** Finds the objects named in a line of output. */

export interface Piece {
  readonly text: string;
  /** UID of the object whose name the text is. */
  readonly uid?: string;
}

const NAME = /[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/g;

/**
 * Splits a text into names of objects and the text between them. A name
 * counts at the beginning of a line, after a slash ("pod/web"), in quotes
 * ("pods "web" not found"), or when it has a hyphen: words such as "default"
 * are no links.
 */
export function findNames(text: string, uidOf: (name: string) => string | undefined): Piece[] {
  const pieces: Piece[] = [];
  let begin = 0;
  for (const match of text.matchAll(NAME)) {
    const name = match[0];
    const before = text[match.index - 1] ?? "";
    const after = text[match.index + name.length] ?? "";
    if (/[A-Za-z0-9_.:@-]/.test(before) || /[A-Za-z0-9_/:@-]/.test(after)) {
      continue;
    }
    if (match.index !== 0 && before !== "/" && before !== '"' && !name.includes("-")) {
      continue;
    }
    const uid = uidOf(name);
    if (uid !== undefined) {
      if (match.index > begin) {
        pieces.push({ text: text.slice(begin, match.index) });
      }
      pieces.push({ text: name, uid });
      begin = match.index + name.length;
    }
  }
  if (begin < text.length) {
    pieces.push({ text: text.slice(begin) });
  }
  return pieces;
}
