import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  pickedCompletion,
  startCompletion,
} from "@codemirror/autocomplete";
import type { EditorView } from "@codemirror/view";
import { documentation, type Words } from "./documentation.ts";
import {
  child,
  type Field,
  fieldAt,
  ITEM,
  type OpenApi,
  resolve,
  type ServedKind,
  typesOf,
} from "./openapi.ts";
import { type Place, placeAt } from "./outline.ts";

/** Completes keys and values from the cluster's OpenAPI, kinds and versions from its discovery. */
export function completeManifest(openApi: OpenApi, words: () => Words): CompletionSource {
  return async (context) => {
    const place = placeAt(context.state.doc.toString(), context.pos);
    if (place === undefined || (place.prefix === "" && !context.explicit)) {
      return null;
    }
    try {
      return place.side === "key"
        ? await keys(context, place, openApi, words())
        : await values(context, place, openApi);
    } catch {
      return null; // the cluster is not there: nothing to complete from
    }
  };
}

async function keys(
  context: CompletionContext,
  place: Place,
  openApi: OpenApi,
  words: Words,
): Promise<CompletionResult | null> {
  const root = place.apiVersion === "" ? undefined : await openApi.kind(place.apiVersion, place.kind);
  if (root === undefined) {
    return place.path.length > 0
      ? null
      : result(
          context,
          place,
          HEAD.filter((key) => !place.present.has(key)).map((label) => ({
            label,
            type: "property",
            apply: insertKey(`${label}: `),
          })),
        );
  }
  const field = fieldAt(root, place.path);
  const required = new Set(field?.schema.required ?? []);
  const options = Object.keys(field?.schema.properties ?? {})
    // Fields that the control plane fills in do not belong in a manifest.
    .filter((name) => !place.present.has(name) && !(place.path.length === 0 && name === "status"))
    .flatMap((name): Completion[] => {
      const known = field === undefined ? undefined : child(field, name);
      return known === undefined
        ? []
        : [
            {
              label: name,
              type: "property",
              boost: required.has(name) ? 2 : 0,
              apply: insertKey(keyText(name, known, place.column)),
              info: () => documentation(known, [...place.path, name], required.has(name), words),
            },
          ];
    });
  return result(context, place, options);
}

const HEAD = ["apiVersion", "kind", "metadata", "spec"];

async function values(
  context: CompletionContext,
  place: Place,
  openApi: OpenApi,
): Promise<CompletionResult | null> {
  const [first] = place.path;
  if (place.path.length === 1 && (first === "kind" || first === "apiVersion")) {
    return result(context, place, headValues(first, place, await openApi.kinds()));
  }
  const root = await openApi.kind(place.apiVersion, place.kind);
  const field = root === undefined ? undefined : fieldAt(root, place.path);
  if (field === undefined) {
    return null;
  }
  const known = typesOf(field).includes("boolean") ? ["true", "false"] : (field.schema.enum ?? []);
  return result(
    context,
    place,
    known.map((label) => ({ label, type: "enum" })),
  );
}

function headValues(key: "kind" | "apiVersion", place: Place, served: readonly ServedKind[]): Completion[] {
  const fitting =
    key === "kind"
      ? served.filter(({ apiVersion }) => place.apiVersion === "" || apiVersion === place.apiVersion)
      : served.filter(({ kind }) => place.kind === "" || kind === place.kind);
  const names = new Set((fitting.length === 0 ? served : fitting).map((candidate) => candidate[key]));
  return [...names].map((label) => ({ label, type: key === "kind" ? "class" : "namespace" }));
}

function result(
  context: CompletionContext,
  place: Place,
  options: readonly Completion[],
): CompletionResult | null {
  return options.length === 0
    ? null
    : { from: context.pos - place.prefix.length, options, validFor: /^[\w./-]*$/ };
}

/** A key with the beginning of its value: a new line for a mapping, a dash for a list. */
function keyText(name: string, field: Field, column: number): string {
  const indent = " ".repeat(column);
  const [type] = typesOf(resolve(field));
  if (type === "object") {
    return `${name}:\n${indent}  `;
  }
  if (type === "array") {
    const items = child(field, ITEM);
    return items === undefined ? `${name}:` : `${name}:\n${indent}- `;
  }
  return `${name}: `;
}

/** Inserts a key and goes on to complete what may follow it. */
function insertKey(text: string) {
  return (view: EditorView, completion: Completion, from: number, to: number) => {
    const line = view.state.doc.lineAt(to);
    // If the key already has its colon, only the name is replaced.
    const insert = /^\s*:/.test(line.text.slice(to - line.from)) ? completion.label : text;
    view.dispatch({
      changes: { from, to, insert },
      selection: { anchor: from + insert.length },
      annotations: pickedCompletion.of(completion),
      userEvent: "input.complete",
      scrollIntoView: true,
    });
    startCompletion(view);
  };
}
