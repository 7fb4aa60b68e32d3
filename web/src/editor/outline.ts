import { ITEM, type Step } from "./openapi.ts";

/** The place of the cursor in a manifest, as completion needs it; the text need not be complete YAML yet. */
export interface Place {
  readonly apiVersion: string;
  readonly kind: string;
  /** Of the mapping that the key belongs to, or of the value. */
  readonly path: readonly Step[];
  readonly side: "key" | "value";
  /** The text before the cursor that is replaced. */
  readonly prefix: string;
  /** The other keys of the mapping. */
  readonly present: ReadonlySet<string>;
  /** Column of the key. */
  readonly column: number;
}

/** The structural parts of a line. */
interface Line {
  /** Columns of the dashes of list items. */
  readonly dashes: readonly number[];
  /** Column of what follows the dashes. */
  readonly column: number;
  readonly key: string | undefined;
  readonly value: string;
}

const LINE = /^( *)((?:- +)*)(.*)$/;
const KEY = /^(?:"([^"]*)"|'([^']*)'|([^\s:#'"[\]{},&*!|>%@`][^:#]*?)) *:(?: +(.*))?$/;
const SEPARATOR = /^---(?:\s|$)/;
const BLOCK_SCALAR = /^[|>][-+0-9]*(?:\s+#.*)?$/;

/**
 * The place at `offset` of a text in block style, read by its indents alone, as
 * a person reads it. Undefined where nothing can be completed: in a comment, in
 * a block of text, in flow style.
 */
export function placeAt(text: string, offset: number): Place | undefined {
  const lines = text.split("\n");
  const number = text.slice(0, offset).split("\n").length - 1;
  const before = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  const [, indent = "", marks = "", rest = ""] = LINE.exec(`${before}`) ?? [];
  if (/(?:^|\s)#/.test(before) || /[[{][^\]}]*$/.test(rest) || /\t/.test(before)) {
    return undefined;
  }
  const dashes = dashesIn(indent, marks);
  // A dash at the cursor begins an item only if a space follows it.
  const column = indent.length + marks.length;
  const typed = KEY.exec(rest) ?? /^([\w./-]+):( +)()$/.exec(rest);
  const parents = upwards(lines, number, dashes, column);
  if (parents === undefined) {
    return undefined;
  }
  const document = documentAround(lines, number);
  const place = {
    apiVersion: scalarOf(document, "apiVersion"),
    kind: scalarOf(document, "kind"),
    present: new Set([...parents.present, ...downwards(lines, number, column)]),
    column,
  };
  if (typed !== null && /: /.test(rest)) {
    const key = typed[1] ?? typed[2] ?? typed[3] ?? "";
    const prefix = rest.slice(rest.indexOf(": ") + 1).trimStart();
    return { ...place, side: "value", path: [...parents.path, key], prefix };
  }
  return /^[\w./-]*$/.test(rest) && (rest !== "-" || marks !== "")
    ? { ...place, side: "key", path: parents.path, prefix: rest }
    : undefined;
}

/** The path of the mapping at `column` of a line, and the keys before it there; undefined inside a block of text. */
function upwards(
  lines: readonly string[],
  number: number,
  ownDashes: readonly number[],
  column: number,
): { path: Step[]; present: string[] } | undefined {
  const path: Step[] = [];
  const present: string[] = [];
  let keyLimit = column;
  let dashLimit = column;
  const passDash = (dash: number) => {
    if (dash < dashLimit) {
      path.unshift(ITEM);
      dashLimit = dash;
      // A list may stand as far left as the key that it belongs to.
      keyLimit = dash + 1;
    }
  };
  for (const dash of ownDashes.toReversed()) {
    passDash(dash);
  }
  for (let index = number - 1; index >= 0; index--) {
    const source = lines[index] ?? "";
    if (SEPARATOR.test(source)) {
      break;
    }
    if (/^\s*(?:#.*)?$/.test(source)) {
      continue;
    }
    const line = parse(source);
    if (line.key !== undefined && line.column < keyLimit) {
      if (BLOCK_SCALAR.test(line.value)) {
        return undefined;
      }
      path.unshift(line.key);
      keyLimit = line.column;
      dashLimit = line.column;
    } else if (line.key !== undefined && line.column === column && path.length === 0) {
      present.unshift(line.key);
    }
    for (const dash of line.dashes.toReversed()) {
      passDash(dash);
    }
    if (keyLimit === 0 && path.length > 0) {
      break;
    }
  }
  return { path, present };
}

/** The keys of the same mapping below a line. */
function downwards(lines: readonly string[], number: number, column: number): string[] {
  const present: string[] = [];
  for (const source of lines.slice(number + 1)) {
    if (/^\s*(?:#.*)?$/.test(source)) {
      continue;
    }
    const line = parse(source);
    if (SEPARATOR.test(source) || line.column < column || line.dashes.some((dash) => dash < column)) {
      break;
    }
    if (line.key !== undefined && line.column === column) {
      present.push(line.key);
    }
  }
  return present;
}

function parse(source: string): Line {
  const [, indent = "", marks = "", rest = ""] = LINE.exec(source) ?? [];
  const key = KEY.exec(rest);
  return {
    dashes: dashesIn(indent, /^-$/.test(rest) ? `${marks}- ` : marks),
    column: indent.length + marks.length,
    key: key?.[1] ?? key?.[2] ?? key?.[3],
    value: key?.[4] ?? "",
  };
}

function dashesIn(indent: string, marks: string): number[] {
  return [...marks.matchAll(/-/g)].map(({ index }) => indent.length + index);
}

function documentAround(lines: readonly string[], number: number): readonly string[] {
  const first = lines.slice(0, number + 1).findLastIndex((line) => SEPARATOR.test(line)) + 1;
  const length = lines.slice(first).findIndex((line) => SEPARATOR.test(line));
  return lines.slice(first, length === -1 ? undefined : first + length);
}

function scalarOf(document: readonly string[], key: string): string {
  for (const line of document) {
    const match = /^(\w+): *["']?([^\s"'#]+)/.exec(line);
    if (match?.[1] === key) {
      return match[2] ?? "";
    }
  }
  return "";
}
