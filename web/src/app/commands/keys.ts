/** The actions that have page-wide keys. */
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

/** The members of a keyboard event that are read. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

const MODIFIERS = new Set(["Control", "Shift", "Alt", "AltGraph", "Meta", "CapsLock", "Dead", "Process"]);
/** Keys for moving through a page or leaving a dialog; no action may have them. */
const KEPT = new Set(["Tab", "Enter", " ", "Escape", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]);

/** The chord of a key press; undefined for a modifier alone and for reserved keys. Shift is in the key itself. */
export function chordOf({ key, ctrlKey, altKey, metaKey }: KeyPress): string | undefined {
  if (MODIFIERS.has(key) || KEPT.has(key)) {
    return undefined;
  }
  // With a modifier, a capital means the letter with Shift, which pages cannot
  // reliably tell from the letter alone.
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

/** The keys with one of them changed, or the action that already has the chord. */
export function assign(keys: Keys, action: KeyAction, chord: string): { keys: Keys } | { taken: KeyAction } {
  const taken = actionOf(keys, chord);
  return taken === undefined || taken === action ? { keys: { ...keys, [action]: chord } } : { taken };
}

/** Reads the stored keys; invalid ones fall back to the default. */
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

/** Only changed keys are stored, so that new defaults reach everyone who has not changed theirs. */
export function writeKeys(keys: Keys): string | undefined {
  const changed = KEY_ACTIONS.filter((action) => keys[action] !== DEFAULT_KEYS[action]);
  return changed.length === 0
    ? undefined
    : JSON.stringify(Object.fromEntries(changed.map((action) => [action, keys[action]])));
}
