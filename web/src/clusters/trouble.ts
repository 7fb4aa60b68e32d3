import type { StorageReport } from "../client/client.ts";
import type { Text } from "../language/text.ts";

/** What a line across the page may offer. */
export interface Offer {
  label(text: Text): string;
  act(): void;
}

/** Where such a line is shown. */
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
    // Of what has no sentence of its own, the browser's words.
    const detail = known === "failed" && message !== "" ? ` (${message})` : "";
    // Nothing that this page could save again may go over what a newer one has made.
    const offers = known === "newer" || known === "blocked" ? [this.#export] : [this.#save, this.#export];
    this.#lines.show(SUBJECT, "warning", ({ storage }) => storage.reasons[known] + detail, false, offers);
  }
}
