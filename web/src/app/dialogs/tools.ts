import { ClustersDialog } from "../../clusters/dialog.ts";
import type { Language } from "../../language/language.ts";
import type { Text } from "../../language/text.ts";
import type { Version } from "../../protocol/messages.ts";
import { type Shareable, ShareDialog } from "../../sharing/dialog.ts";
import type { Desk } from "../../storage/desk.ts";
import { type PageCommandOptions, pageCommands } from "../commands/pagecommands.ts";
import { Palette } from "../commands/palette.ts";
import { AboutDialog } from "./about.ts";
import { RealityDialog } from "./reality.ts";

/** The dialogs that open when the reader asks for them. */
export class Tools {
  readonly about: AboutDialog;
  readonly reality: RealityDialog;
  readonly clusters: ClustersDialog;
  readonly share: ShareDialog;
  readonly #palette: Palette;

  constructor(desk: Desk, shareable: Shareable, text: Text) {
    this.about = new AboutDialog(text);
    this.reality = new RealityDialog(text);
    this.clusters = new ClustersDialog(desk, text);
    this.share = new ShareDialog(shareable, text);
    this.#palette = new Palette(text);
  }

  get elements(): readonly HTMLElement[] {
    return [this.about, this.reality, this.clusters, this.share, this.#palette].map(({ element }) => element);
  }

  /** Opens the palette as if `typed` had been typed into it. */
  openPalette(options: PageCommandOptions, typed: string): void {
    this.#palette.open(pageCommands(options), typed);
  }

  localize(text: Text, language: Language, version: Version | undefined): void {
    this.#palette.localize(text);
    this.share.localize(text);
    this.about.localize(text, version);
    this.clusters.localize(text, language);
    this.reality.localize(
      text,
      version === undefined ? "" : text.versions(version.tabernetes, version.kubernetes),
    );
  }
}
