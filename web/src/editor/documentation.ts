import { type EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import {
  type Command,
  closeHoverTooltips,
  EditorView,
  hasHoverTooltips,
  hoverTooltip,
  keymap,
  showTooltip,
  type Tooltip,
} from "@codemirror/view";
import { html } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import { fieldPath } from "./manifest.ts";
import { type Field, fieldAt, type OpenApi, type Step, typeText } from "./openapi.ts";

export type Words = Text["editing"];

/** What the cluster's OpenAPI says about a field. The words of the description are upstream's. */
export function documentation(
  field: Field,
  path: readonly Step[],
  required: boolean,
  words: Words,
): HTMLElement {
  const { schema } = field;
  const facts = [
    typeText(field),
    required ? words.required : "",
    schema.default === undefined || JSON.stringify(schema.default) === "{}"
      ? ""
      : words.defaultValue(JSON.stringify(schema.default)),
  ].filter((fact) => fact !== "");
  return html(
    "div",
    { class: "field-documentation" },
    html("p", { class: "field-path" }, pathText(path)),
    html("p", { class: "field-facts" }, facts.join(" · ")),
    ...(schema.description ?? "")
      .split(/\n+/)
      .filter((paragraph) => paragraph.trim() !== "")
      .map((paragraph) => html("p", {}, paragraph)),
  );
}

/** As kubectl explain writes a path. */
export function pathText(path: readonly Step[]): string {
  return path.reduce(
    (text, step) => (step === "[]" ? `${text}[]` : text === "" ? step : `${text}.${step}`),
    "",
  );
}

/** The documentation of the field at a position, as a tooltip. */
async function tooltipAt(
  state: EditorState,
  position: number,
  openApi: OpenApi,
  words: () => Words,
): Promise<Tooltip | null> {
  const found = fieldPath(state, position);
  if (found === undefined) {
    return null;
  }
  const { document, path, key } = found;
  const root = await openApi.kind(document.apiVersion, document.kind).catch(() => undefined);
  const field = root === undefined ? undefined : fieldAt(root, path);
  if (root === undefined || field === undefined) {
    return null;
  }
  const parent = fieldAt(root, path.slice(0, -1));
  const required = parent?.schema.required?.includes(path.at(-1) ?? "") ?? false;
  return {
    pos: key.from,
    end: key.to,
    above: true,
    create: () => ({ dom: documentation(field, path, required, words()) }),
  };
}

const setDocumentation = StateEffect.define<Tooltip | null>();

/** The explanation requested by keyboard: it closes with the next key or click. */
const shownDocumentation = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setDocumentation)) {
        return effect.value;
      }
    }
    return transaction.docChanged || transaction.selection !== undefined ? null : shown;
  },
  provide: (field) => showTooltip.from(field),
});

/** Documentation of a field under the pointer, and under the cursor by Ctrl-I. */
export function fieldDocumentation(openApi: OpenApi, words: () => Words) {
  const show: Command = (view) => {
    const { state } = view;
    void tooltipAt(state, state.selection.main.head, openApi, words).then((tooltip) => {
      if (view.state.doc.eq(state.doc) && tooltip !== null) {
        view.dispatch({
          effects: [
            setDocumentation.of(tooltip),
            EditorView.announce.of(tooltip.create(view).dom.textContent ?? ""),
          ],
        });
      }
    });
    return true;
  };
  const hide: Command = (view) => {
    if (view.state.field(shownDocumentation) === null && !hasHoverTooltips(view.state)) {
      return false;
    }
    view.dispatch({ effects: [setDocumentation.of(null), closeHoverTooltips] });
    return true;
  };
  return [
    shownDocumentation,
    hoverTooltip((view, position) => tooltipAt(view.state, position, openApi, words)),
    keymap.of([{ key: "Mod-i", run: show }]),
    Prec.highest(keymap.of([{ key: "Escape", run: hide }])),
  ];
}
