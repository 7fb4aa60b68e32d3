import {
  autocompletion,
  type CompletionSource,
  closeBrackets,
  closeBracketsKeymap,
  completeAnyWord,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** Colours are the page's custom properties, which reach into the shadow tree. */
const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "0.84375rem", color: "var(--ink)", backgroundColor: "var(--surface)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.6" },
  ".cm-content": { padding: "12px 0", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0 16px 0 8px" },
  ".cm-gutters": {
    backgroundColor: "var(--surface)",
    color: "var(--faint)",
    border: "none",
    paddingLeft: "4px",
  },
  // Transparent, because the selection is drawn below it.
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent) 6%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--muted)" },
  ".cm-foldGutter .cm-gutterElement": { color: "var(--faint)" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--selection)" },
  ".cm-searchMatch": { backgroundColor: "var(--search)" },
  ".cm-searchMatch-selected": { outline: "1px solid var(--accent)" },
  ".cm-matchingBracket": { backgroundColor: "var(--selection)" },
  // CodeMirror's own marks are images from data: addresses, which the policy forbids.
  ".cm-lint-marker-error": {
    content: "normal",
    color: "var(--failing)",
    textAlign: "center",
    "&::before": { content: "'●'", fontSize: "12px" },
  },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--failing)",
    textUnderlineOffset: "3px",
  },
  ".cm-lint-marker-warning": {
    content: "normal",
    color: "var(--starting)",
    textAlign: "center",
    "&::before": { content: "'▲'", fontSize: "11px" },
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--starting)",
    textUnderlineOffset: "3px",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)",
    color: "var(--ink)",
    border: "1px solid var(--line)",
    borderRadius: "8px",
    boxShadow: "var(--shadow)",
    maxWidth: "min(480px, 90vw)",
  },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--on-accent)",
  },
  ".cm-diagnostic": {
    padding: "6px 10px",
    fontFamily: "var(--font)",
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
  },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--starting)" },
  ".field-documentation": {
    maxWidth: "min(440px, 86vw)",
    maxHeight: "min(320px, 50vh)",
    padding: "8px 12px",
    overflow: "auto",
    fontFamily: "var(--font)",
    fontSize: "0.8125rem",
    lineHeight: "1.45",
    whiteSpace: "normal",
    overflowWrap: "anywhere",
  },
  ".field-documentation p": { margin: "0 0 6px" },
  ".field-documentation .field-path": { fontFamily: "var(--font-mono)", fontWeight: "600" },
  ".field-documentation .field-facts": { color: "var(--muted)" },
  ".cm-tooltip.cm-completionInfo": { padding: "0" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-mono)" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "0 8px", minHeight: "26px", lineHeight: "26px" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--failing)" },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-textfield": {
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line-strong)",
    color: "var(--ink)",
  },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line-strong)",
    color: "var(--ink)",
  },
  ".cm-foldPlaceholder": { backgroundColor: "var(--sunken)", border: "none", color: "var(--muted)" },
});

const highlighting = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--code-key)" },
  { tag: [tags.string, tags.content], color: "var(--code-value)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.meta, tags.labelName, tags.typeName], color: "var(--code-meta)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--muted)" },
  { tag: tags.invalid, color: "var(--failing)" },
]);

/**
 * Handles typing over a selection. By default Chromium preserves the look of
 * the replaced text by writing style attributes, which the content security
 * policy blocks and reports.
 */
const typeOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    const { data: text, inputType } = event;
    if (inputType !== "insertText" || text === null || empty || view.composing) {
      return false;
    }
    const insert = () =>
      view.state.update(view.state.replaceSelection(text), { userEvent: "input.type", scrollIntoView: true });
    const isHandled = view.state
      .facet(EditorView.inputHandler)
      .some((handler) => handler(view, from, to, text, insert));
    if (!isHandled) {
      view.dispatch(insert());
    }
    return true;
  },
});

export interface YamlView {
  readonly parent: HTMLElement;
  readonly label: string;
  readonly doc: string;
  onApply(): void;
  onChange(): void;
  /** Completion while typing; without it, words of the text are completed on request. */
  readonly complete?: CompletionSource;
  readonly extensions?: Extension;
}

/** The state of an editor that starts with `doc`; a new one forgets the undo history. */
export function yamlState(options: YamlView, doc: string): EditorState {
  const apply = () => {
    options.onApply();
    return true;
  };
  const extensions: Extension[] = [
    keymap.of([{ key: "Mod-Enter", run: apply }]),
    lineNumbers(),
    foldGutter(),
    lintGutter(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    // Of two key bindings of the highest precedence, the first is tried first:
    // Escape closes an explanation even while completion is pending.
    options.extensions ?? [],
    autocompletion(
      options.complete === undefined
        ? { activateOnTyping: false, override: [completeAnyWord] }
        : { override: [options.complete], icons: false },
    ),
    highlightActiveLine(),
    // The tag at the end of a long image name is what a learner changes: it must be seen.
    EditorView.lineWrapping,
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      ...lintKeymap,
      // Escape, then Tab, leaves the editor by keyboard.
      indentWithTab,
    ]),
    typeOverSelection,
    yaml(),
    theme,
    syntaxHighlighting(highlighting),
    EditorState.tabSize.of(2),
    EditorView.contentAttributes.of({
      "aria-label": options.label,
      tabindex: "0",
      spellcheck: "false",
      autocapitalize: "off",
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) {
        options.onChange();
      }
    }),
  ];
  return EditorState.create({ doc, extensions });
}

/**
 * The editor lives in a shadow tree: there CodeMirror adopts its style sheets
 * instead of writing style elements, which `style-src 'self'` forbids.
 */
export function openYamlView(options: YamlView): EditorView {
  const root = options.parent.attachShadow({ mode: "open" });
  const mount = document.createElement("div");
  root.append(mount);
  const view = new EditorView({ state: yamlState(options, options.doc), parent: mount, root });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(":host { display: block; } :host > div { height: 100%; }");
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  return view;
}
