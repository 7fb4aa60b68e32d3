/** What keys of the whole page do. */
export type KeyAction =
  | "pause"
  | "step"
  | "skip"
  | "slower"
  | "faster"
  | "palette"
  | "editor"
  | "diagram"
  | "timeline"
  | "events"
  | "terminal"
  | "details"
  | "help";

/** A chord such as `p`, `?` or `Ctrl+Alt+k`; the empty text for none. */
export type Keys = Readonly<Record<KeyAction, string>>;

export const DEFAULT_KEYS: Keys = {
  pause: "p",
  step: ".",
  skip: "s",
  slower: "[",
  faster: "]",
  palette: ":",
  editor: "e",
  diagram: "d",
  timeline: "l",
  events: "v",
  terminal: "t",
  details: "i",
  help: "?",
};

export const KEY_ACTIONS = Object.keys(DEFAULT_KEYS) as readonly KeyAction[];

/** What is read of a keyboard event. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

const MODIFIERS = new Set(["Control", "Shift", "Alt", "AltGraph", "Meta", "CapsLock", "Dead", "Process"]);
/** Keys by which one moves through a page or leaves a dialog: they are nobody's. */
const KEPT = new Set(["Tab", "Enter", " ", "Escape", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]);

/** The chord of a key press; undefined for a modifier alone and for keys that are kept. Shift is in the key itself. */
export function chordOf({ key, ctrlKey, altKey, metaKey }: KeyPress): string | undefined {
  if (MODIFIERS.has(key) || KEPT.has(key)) {
    return undefined;
  }
  // With a modifier a capital is the letter and Shift, which no page distinguishes well.
  const name = ctrlKey || altKey || metaKey ? key.toLowerCase() : key;
  return [ctrlKey ? "Ctrl+" : "", altKey ? "Alt+" : "", metaKey ? "Meta+" : "", name].join("");
}

/** A chord that also writes text: it does nothing in a field, and can be turned off (WCAG 2.1.4). */
export function isSingle(chord: string): boolean {
  return [...chord].length === 1;
}

export function actionOf(keys: Keys, chord: string): KeyAction | undefined {
  return chord === "" ? undefined : KEY_ACTIONS.find((action) => keys[action] === chord);
}

/** The keys with one changed, or the action that has the chord already. */
export function assign(keys: Keys, action: KeyAction, chord: string): { keys: Keys } | { taken: KeyAction } {
  const taken = actionOf(keys, chord);
  return taken === undefined || taken === action ? { keys: { ...keys, [action]: chord } } : { taken };
}

/** Reads what was stored; what makes no sense is as at first. */
export function readKeys(stored: string | undefined): Keys {
  let keys = DEFAULT_KEYS;
  try {
    const value: unknown = JSON.parse(stored ?? "{}");
    if (typeof value === "object" && value !== null) {
      for (const [name, chord] of Object.entries(value)) {
        const action = KEY_ACTIONS.find((known) => known === name);
        if (action !== undefined && typeof chord === "string") {
          keys = { ...keys, [action]: chord };
        }
      }
    }
  } catch {
    return DEFAULT_KEYS;
  }
  const used = Object.values(keys).filter((chord) => chord !== "");
  return new Set(used).size === used.length ? keys : DEFAULT_KEYS;
}

/** Only what differs is stored, so that later defaults reach everybody else. */
export function writeKeys(keys: Keys): string | undefined {
  const changed = KEY_ACTIONS.filter((action) => keys[action] !== DEFAULT_KEYS[action]);
  return changed.length === 0
    ? undefined
    : JSON.stringify(Object.fromEntries(changed.map((action) => [action, keys[action]])));
}
