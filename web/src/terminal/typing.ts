/** Helps with typing a line: whether it is complete, and how a completion is inserted. */

/**
 * Whether a text is the beginning of a command: a quote or a here-document is
 * open, or the line ends in a backslash. Loops are judged by their words, which
 * is enough to know when Enter is to begin a new line instead of running.
 */
export function isIncomplete(text: string): boolean {
  const { quoted, escaped, heredocs, words } = scan(text);
  if (quoted || escaped || heredocs > 0) {
    return true;
  }
  const count = (word: string) => words.filter((candidate) => candidate === word).length;
  return (
    count("for") + count("while") + count("until") > count("done") ||
    count("if") > count("fi") ||
    count("case") > count("esac") ||
    /(?:&&|\|\||\|)\s*$/.test(text)
  );
}

interface Scan {
  readonly quoted: boolean;
  readonly escaped: boolean;
  /** Here-documents that are not closed yet. */
  readonly heredocs: number;
  /** The words at which a command can begin. */
  readonly words: readonly string[];
}

function scan(text: string): Scan {
  const words: string[] = [];
  let delimiters: { readonly word: string; readonly tabs: boolean }[] = [];
  let quote = "";
  let word = "";
  let first = true;
  let at = 0;
  const endWord = () => {
    if (word !== "") {
      if (first) {
        words.push(word);
      }
      first = ["do", "then", "else", "!", "{", "("].includes(word);
      word = "";
    }
  };
  while (at < text.length) {
    const c = text[at] ?? "";
    if (quote !== "") {
      if (c === "\\" && quote === '"') {
        at++;
      } else if (c === quote) {
        quote = "";
      }
      at++;
    } else if (c === "\\") {
      if (at + 1 === text.length) {
        return { quoted: false, escaped: true, heredocs: 0, words };
      }
      word += text[at + 1] === "\n" ? "" : "x";
      at += 2;
    } else if (c === "'" || c === '"' || c === "`") {
      quote = c;
      word += "x";
      at++;
    } else if (c === "#" && word === "") {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    } else if (text.startsWith("<<<", at)) {
      endWord();
      at += 3;
    } else if (text.startsWith("<<", at)) {
      endWord();
      const match = /^<<(-?)\s*(?:'([^']*)'|"([^"]*)"|([^\s;|&<>()]+))/.exec(text.slice(at));
      if (match === null) {
        return { quoted: false, escaped: false, heredocs: 1, words };
      }
      delimiters.push({ word: match[2] ?? match[3] ?? match[4] ?? "", tabs: match[1] === "-" });
      at += match[0].length;
    } else if (c === "\n" && delimiters.length > 0) {
      endWord();
      first = true;
      at++;
      let end = at;
      while (delimiters.length > 0 && end <= text.length) {
        const stop = text.indexOf("\n", end);
        const line = text.slice(end, stop < 0 ? text.length : stop);
        const delimiter = delimiters[0];
        if (
          delimiter !== undefined &&
          (delimiter.tabs ? line.replace(/^\t+/, "") : line) === delimiter.word
        ) {
          delimiters = delimiters.slice(1);
        }
        end = stop < 0 ? text.length + 1 : stop + 1;
      }
      at = Math.min(end, text.length);
      if (delimiters.length > 0) {
        return { quoted: false, escaped: false, heredocs: delimiters.length, words };
      }
    } else if (c === "\n" || c === ";" || c === "&" || c === "|" || c === "(" || c === ")") {
      endWord();
      first = true;
      at++;
    } else if (c === " " || c === "\t") {
      endWord();
      at++;
    } else {
      word += c;
      at++;
    }
  }
  endWord();
  return { quoted: quote !== "", escaped: false, heredocs: delimiters.length, words };
}

/** The longest common prefix of all texts. */
export function commonPrefix(texts: readonly string[]): string {
  const [first = "", ...others] = texts;
  let length = first.length;
  for (const text of others) {
    let same = 0;
    while (same < length && text[same] === first[same]) {
      same++;
    }
    length = same;
  }
  return first.slice(0, length);
}

export interface Edit {
  readonly text: string;
  readonly cursor: number;
}

/** Puts a text in place of the `replace` characters before the cursor. */
export function insertCompletion(line: string, cursor: number, replace: number, text: string): Edit {
  const from = cursor - replace;
  return { text: line.slice(0, from) + text + line.slice(cursor), cursor: from + text.length };
}

/** A chosen candidate ends its word, unless more is to follow. */
export function withBlank(text: string): string {
  return /[/=:,]$/.test(text) ? text : `${text} `;
}
