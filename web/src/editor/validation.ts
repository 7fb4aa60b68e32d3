import type { SyntaxNode, Tree } from "@lezer/common";
import {
  documentsOf,
  entriesOf,
  isMapping,
  isScalar,
  isSequence,
  itemsOf,
  type Source,
  scalarText,
  scalarType,
} from "./manifest.ts";
import { child, type Field, ITEM, isOpen, type OpenApi, resolve, typesOf, typeText } from "./openapi.ts";

/** A place that violates the schema, in offsets of the text. */
export type Finding = { readonly from: number; readonly to: number } & (
  | { readonly kind: "unknownField"; readonly path: string; readonly nearest: string | undefined }
  | { readonly kind: "missingField"; readonly path: string; readonly field: string }
  | { readonly kind: "wrongType"; readonly path: string; readonly wanted: string; readonly quote: boolean }
  | { readonly kind: "notInEnum"; readonly path: string; readonly values: readonly string[] }
);

/** Checks each document of a text against the cluster's schema of its kind; documents of an unknown kind are skipped. */
export async function validate(text: Source, tree: Tree, openApi: OpenApi): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const document of documentsOf(text, tree)) {
    if (document.apiVersion !== "" && document.kind !== "") {
      const root = await openApi.kind(document.apiVersion, document.kind);
      if (root !== undefined) {
        checkValue(document.root, resolve(root), "", text, findings);
      }
    }
  }
  return findings;
}

function checkValue(node: SyntaxNode, field: Field, path: string, text: Source, findings: Finding[]): void {
  const types = typesOf(field);
  const wrong = (quote = false) =>
    findings.push({ kind: "wrongType", from: node.from, to: node.to, path, wanted: typeText(field), quote });
  if (isMapping(node)) {
    if (types.length > 0 && !types.includes("object")) {
      wrong();
    } else {
      checkMapping(node, field, path, text, findings);
    }
  } else if (isSequence(node)) {
    const items = child(field, ITEM);
    if (items === undefined) {
      if (types.length > 0) {
        wrong();
      }
      return;
    }
    for (const [index, item] of itemsOf(node).entries()) {
      if (item !== undefined) {
        checkValue(item, items, `${path}[${index}]`, text, findings);
      }
    }
  } else if (isScalar(node)) {
    checkScalar(node, field, path, text, findings, wrong);
  }
}

function checkScalar(
  node: SyntaxNode,
  field: Field,
  path: string,
  text: Source,
  findings: Finding[],
  wrong: (quote?: boolean) => void,
): void {
  const types = typesOf(field);
  const type = scalarType(node, text);
  if (type === "null" || types.length === 0) {
    return;
  }
  if (!types.includes(type) && !(type === "integer" && types.includes("number"))) {
    wrong(types.includes("string"));
    return;
  }
  const values = field.schema.enum;
  if (values !== undefined && type === "string" && !values.includes(scalarText(node, text))) {
    findings.push({ kind: "notInEnum", from: node.from, to: node.to, path, values });
  }
}

function checkMapping(
  mapping: SyntaxNode,
  field: Field,
  path: string,
  text: Source,
  findings: Finding[],
): void {
  const entries = entriesOf(mapping, text);
  for (const { name, key, value } of entries) {
    const inner = path === "" ? name : `${path}.${name}`;
    const known = child(field, name);
    if (known !== undefined) {
      if (value !== undefined) {
        checkValue(value, known, inner, text, findings);
      }
    } else if (!isOpen(field)) {
      findings.push({
        kind: "unknownField",
        from: key.from,
        to: key.to,
        path: inner,
        nearest: nearest(name, Object.keys(field.schema.properties ?? {})),
      });
    }
  }
  const first = entries[0];
  for (const required of field.schema.required ?? []) {
    if (first !== undefined && !entries.some(({ name }) => name === required)) {
      findings.push({
        kind: "missingField",
        from: first.key.from,
        to: first.key.to,
        path: path === "" ? required : `${path}.${required}`,
        field: required,
      });
    }
  }
}

/** The known name that is at most two edits away, for typing errors. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.min(3, name.length);
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** The Damerau-Levenshtein distance: a swap of neighbours counts as one edit. */
function editDistance(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[other.length] ?? 0;
}
