import type { Client, ControlPlanePanic } from "../client/client.ts";
import { sayFault, sayLinkFault } from "../clusters/fault.ts";
import { TakenDialog } from "../clusters/taken.ts";
import { exportFile } from "../clusters/transfer.ts";
import { StorageTrouble } from "../clusters/trouble.ts";
import type { Text } from "../language/text.ts";
import type { Desk } from "../storage/desk.ts";
import type { Notices } from "./frame/notices.ts";
import { refuseLink, takeOver } from "./keeping.ts";

export interface WholesOptions {
  readonly client: Client;
  readonly desk: Desk;
  readonly notices: Notices;
  readonly text: Text;
  /** The cluster that the page's address carries, or what is wrong with it. */
  readonly link: Uint8Array | Error | null;
  /** Opens the clusters of this browser. */
  onClusters(): void;
}

/** What the page shows about whole clusters: which ones exist, which tab has this one, why it is not saved. */
export class Wholes {
  readonly elements: readonly HTMLElement[];
  readonly #taken: TakenDialog;
  readonly #desk: Desk;
  readonly #notices: Notices;
  /** The page starts from a link, and has not started yet. */
  #starting: boolean;

  constructor({ client, desk, notices, text, link, onClusters }: WholesOptions) {
    this.#desk = desk;
    this.#notices = notices;
    this.#taken = new TakenDialog(text, takeOver, onClusters);
    this.elements = [this.#taken.element];
    const trouble = new StorageTrouble(notices, {
      save: () => void client.save().catch((error: unknown) => this.report(error)),
      exportFile: () => void exportFile(desk).catch((error: unknown) => this.report(error)),
    });
    client.on("storage", (report) => trouble.show(report));
    client.on("taken", () => this.#taken.open());
    this.#starting = link instanceof Uint8Array;
    client.on("ready", () => {
      this.#starting = false;
    });
    if (link instanceof Error) {
      notices.show("link", "warning", (text) => sayLinkFault(link, text));
    }
  }

  /** Makes a new cluster from what this one was at a revision, and opens it. */
  async fork(revision: number): Promise<void> {
    try {
      const name = await this.#desk.freeName(`${this.#desk.current}-${revision}`);
      await this.#desk.fork(revision, name);
      await this.#desk.open(name);
    } catch (error) {
      this.report(error);
    }
  }

  /** Shows a notice about what went wrong with the page's cluster. */
  report(error: unknown): void {
    this.#notices.show("error", "warning", (text) => sayFault(error, text));
  }

  /** Whether the panic is that of a start from a link; if so, reloads the page without the link. */
  refuses({ message, refusal }: ControlPlanePanic): boolean {
    if (this.#starting) {
      refuseLink({ message, refusal });
    }
    return this.#starting;
  }

  localize(text: Text): void {
    this.#taken.localize(text);
  }
}
