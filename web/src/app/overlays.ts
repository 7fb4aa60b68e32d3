import type { Text } from "../language/language.ts";
import type { Version } from "../protocol/messages.ts";
import { AboutDialog } from "./about.ts";
import { PanicDialog, RealityDialog, ResetDialog } from "./dialogs.ts";
import { EditDialog } from "./editdialog.ts";
import type { KeyAction } from "./keys.ts";
import { Palette } from "./palette.ts";
import { Shortcuts } from "./shortcuts.ts";

export interface OverlaysOptions {
  readonly text: Text;
  onAction(action: KeyAction): void;
  onRestart(): void;
  onReset(): void;
}

/** What opens over the page and is of no panel. */
export class Overlays {
  readonly palette: Palette;
  readonly about: AboutDialog;
  readonly reality: RealityDialog;
  readonly shortcuts: Shortcuts;
  readonly reset: ResetDialog;
  readonly panic: PanicDialog;
  readonly edit: EditDialog;

  constructor({ text, onAction, onRestart, onReset }: OverlaysOptions) {
    this.shortcuts = new Shortcuts(text, onAction);
    this.palette = new Palette(text);
    this.about = new AboutDialog(text);
    this.reality = new RealityDialog(text);
    this.reset = new ResetDialog(text, onReset);
    this.panic = new PanicDialog(text, onRestart, () => this.reset.open());
    this.edit = new EditDialog(text);
  }

  get elements(): readonly HTMLElement[] {
    const { palette, about, reality, shortcuts, reset, panic, edit } = this;
    return [palette, about, reality, shortcuts, reset, panic, edit].map(({ element }) => element);
  }

  localize(text: Text, version: Version | undefined): void {
    for (const part of [this.shortcuts, this.palette, this.reset, this.panic, this.edit]) {
      part.localize(text);
    }
    this.about.localize(text, version);
    this.reality.localize(
      text,
      version === undefined ? "" : text.versions(version.tabernetes, version.kubernetes),
    );
  }

  destroy(): void {
    this.edit.destroy();
    this.shortcuts.destroy();
  }
}
