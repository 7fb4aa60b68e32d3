import { syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import type { SyntaxNode, Tree } from "@lezer/common";
import { ITEM, type Step } from "./openapi.ts";

/** One document of a text: its place and the kind that it declares. */
export interface ManifestDocument {
  readonly apiVersion: string;
  readonly kind: string;
  /** The mapping that holds everything. */
  readonly root: SyntaxNode;
}

/** A `key: value` of a mapping. */
export interface Entry {
  readonly name: string;
  readonly key: SyntaxNode;
  /** Undefined for none, which is null. */
  readonly value: SyntaxNode | undefined;
}

const MAPPINGS = new Set(["BlockMapping", "FlowMapping"]);
const SEQUENCES = new Set(["BlockSequence", "FlowSequence"]);
const SCALARS = new Set(["Literal", "QuotedLiteral", "BlockLiteral"]);

export const isMapping = (node: SyntaxNode) => MAPPINGS.has(node.name);
export const isSequence = (node: SyntaxNode) => SEQUENCES.has(node.name);
export const isScalar = (node: SyntaxNode) => SCALARS.has(node.name);

/** The documents that are a mapping, as far as the text can be parsed. */
export function documentsOf(text: Source, tree: Tree): ManifestDocument[] {
  return tree.topNode.getChildren("Document").flatMap((document) => {
    const root = document.getChild("BlockMapping") ?? document.getChild("FlowMapping");
    if (root === null) {
      return [];
    }
    const scalar = (name: string) => {
      const value = entriesOf(root, text).find((entry) => entry.name === name)?.value;
      return value !== undefined && isScalar(value) ? scalarText(value, text) : "";
    };
    return [{ root, apiVersion: scalar("apiVersion"), kind: scalar("kind") }];
  });
}

/** The source that nodes are read from: an editor's text or a string. */
export interface Source {
  sliceString(from: number, to: number): string;
}

export function entriesOf(mapping: SyntaxNode, text: Source): Entry[] {
  return mapping.getChildren("Pair").flatMap((pair) => {
    const key = pair.getChild("Key");
    const name = key?.firstChild;
    return key === null || name === null || name === undefined
      ? []
      : [{ name: scalarText(name, text), key, value: pairValue(pair) }];
  });
}

export function itemsOf(sequence: SyntaxNode): (SyntaxNode | undefined)[] {
  return sequence.getChildren("Item").map(contentOf);
}

/** The value of a pair: what comes after its key. */
function pairValue(pair: SyntaxNode): SyntaxNode | undefined {
  for (let node = pair.lastChild; node !== null && node.name !== "Key"; node = node.prevSibling) {
    if (node.name !== ":" && node.name !== "Comment" && !node.type.isError) {
      return node;
    }
  }
  return undefined;
}

function contentOf(item: SyntaxNode): SyntaxNode | undefined {
  for (let node = item.lastChild; node !== null; node = node.prevSibling) {
    if (node.name !== "-" && node.name !== "Comment" && !node.type.isError) {
      return node;
    }
  }
  return undefined;
}

/** A scalar without its quotes. */
export function scalarText(node: SyntaxNode, text: Source): string {
  const source = text.sliceString(node.from, node.to);
  if (node.name !== "QuotedLiteral") {
    return source;
  }
  return source.startsWith("'") ? source.slice(1, -1).replaceAll("''", "'") : source.slice(1, -1);
}

/** A field of a document, by its path. */
export interface FoundField {
  readonly document: ManifestDocument;
  readonly path: readonly Step[];
  readonly key: SyntaxNode;
}

/** The field whose key or value is at `position`, or ends there. */
export function fieldPath(state: EditorState, position: number): FoundField | undefined {
  return fieldOf(state, position, 1) ?? fieldOf(state, position, -1);
}

function fieldOf(state: EditorState, position: number, side: -1 | 1): FoundField | undefined {
  const tree = syntaxTree(state);
  let node: SyntaxNode | null = tree.resolveInner(position, side);
  let key: SyntaxNode | undefined;
  const path: Step[] = [];
  for (; node !== null && node.name !== "Document"; node = node.parent) {
    if (node.name === "Item") {
      path.unshift(ITEM);
    } else if (node.name === "Pair") {
      const found = node.getChild("Key");
      if (found?.firstChild) {
        path.unshift(scalarText(found.firstChild, state.doc));
        key ??= found;
      }
    }
  }
  const root = node?.getChild("BlockMapping") ?? node?.getChild("FlowMapping");
  const document = documentsOf(state.doc, tree).find((candidate) => candidate.root.from === root?.from);
  return document === undefined || key === undefined ? undefined : { document, path, key };
}

/** The type that YAML 1.1, which Kubernetes reads, gives an unquoted scalar. */
export function scalarType(
  node: SyntaxNode,
  text: Source,
): "null" | "boolean" | "integer" | "number" | "string" {
  if (node.name !== "Literal") {
    return "string";
  }
  const source = text.sliceString(node.from, node.to);
  if (/^(?:~|null|Null|NULL|)$/.test(source)) {
    return "null";
  }
  if (/^(?:true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/.test(source)) {
    return "boolean";
  }
  if (/^[-+]?(?:0|[1-9][\d_]*|0[0-7_]+|0x[\da-fA-F_]+|0b[01_]+)$/.test(source)) {
    return "integer";
  }
  return /^[-+]?(?:\.\d+|\d[\d_]*(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(source) ? "number" : "string";
}
