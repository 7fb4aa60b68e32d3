import type { StorageReport } from "../client/client.ts";
import type { Text } from "../language/text.ts";

/** The actions that a notice may offer. */
export interface Offer {
  label(text: Text): string;
  act(): void;
}

/** Shows the notices. */
export interface Lines {
  show(
    subject: string,
    kind: "warning",
    message: (text: Text) => string,
    passing: boolean,
    offers: readonly Offer[],
  ): void;
  dismiss(subject: string): void;
}

const SUBJECT = "storage";

/** Says in one sentence that the cluster is not saved, why, and what to do, and offers to do it. */
export class StorageTrouble {
  readonly #lines: Lines;
  readonly #save: Offer;
  readonly #export: Offer;

  constructor(lines: Lines, actions: { save(): void; exportFile(): void }) {
    this.#lines = lines;
    this.#save = { label: ({ storage }) => storage.tryAgain, act: actions.save };
    this.#export = { label: ({ storage }) => storage.exportShort, act: actions.exportFile };
  }

  show({ state, reason, message }: StorageReport): void {
    if (state !== "failed") {
      this.#lines.dismiss(SUBJECT);
      return;
    }
    const known = reason === "" ? "failed" : reason;
    // For a reason without a sentence of its own, the browser's message.
    const detail = known === "failed" && message !== "" ? ` (${message})` : "";
    // This page must not overwrite what a newer version has stored.
    const offers = known === "newer" || known === "blocked" ? [this.#export] : [this.#save, this.#export];
    this.#lines.show(SUBJECT, "warning", ({ storage }) => storage.reasons[known] + detail, false, offers);
  }
}
