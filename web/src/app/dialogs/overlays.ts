import type { Text } from "../../language/text.ts";
import type { KeyAction } from "../commands/keys.ts";
import { Shortcuts } from "../commands/shortcuts.ts";
import { PanicDialog, ResetDialog } from "./dialogs.ts";

export interface OverlaysOptions {
  readonly text: Text;
  onAction(action: KeyAction): void;
  onRestart(): void;
  onReset(): void;
}

/** The dialogs that are loaded from the beginning: the keys, and those that may be needed while the site is unreachable. */
export class Overlays {
  readonly shortcuts: Shortcuts;
  readonly reset: ResetDialog;
  readonly panic: PanicDialog;

  constructor({ text, onAction, onRestart, onReset }: OverlaysOptions) {
    this.shortcuts = new Shortcuts(text, onAction);
    this.reset = new ResetDialog(text, onReset);
    this.panic = new PanicDialog(text, onRestart, () => this.reset.open());
  }

  get elements(): readonly HTMLElement[] {
    return [this.shortcuts, this.reset, this.panic].map(({ element }) => element);
  }

  localize(text: Text): void {
    for (const part of [this.shortcuts, this.reset, this.panic]) {
      part.localize(text);
    }
  }

  destroy(): void {
    this.shortcuts.destroy();
  }
}
