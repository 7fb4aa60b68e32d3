import type { Client } from "../client/client.ts";
import type { LessonFiles } from "../lessons/foreign/kept.ts";
import type { ArchiveSummary } from "../protocol/storage.ts";
import type { Clusters, StoredCluster } from "./clusters.ts";
import type { Directory } from "./directory.ts";
import { ClusterError } from "./faults.ts";
import { LONGEST_LINK, writeLink } from "./link.ts";
import { DEFAULT_CLUSTER, foreignCluster, isClusterName } from "./names.ts";
import { type PageState, readPageState } from "./pagestate.ts";
import type { PageStore } from "./pagestore.ts";

export interface DeskOptions {
  readonly client: Client;
  /** The name of the cluster that runs on this page. */
  readonly cluster: string;
  readonly page: PageStore;
  /** Undefined if nothing can be stored. */
  readonly directory: Directory | undefined;
  readonly clusters: Clusters | undefined;
  /** Opens another cluster instead of this page's. */
  navigate(cluster: string): void;
}

/** A link that is longer than other programs accept. */
export class LinkTooLong extends Error {
  override readonly name = "LinkTooLong";
  readonly length: number;

  constructor(length: number) {
    super(`the link would have ${length} characters, more than ${LONGEST_LINK}: export a file instead`);
    this.length = length;
  }
}

/** The operations on whole clusters: this page's, and the others of this browser. */
export class Desk {
  readonly #options: DeskOptions;
  readonly #listeners: ((state: PageState) => void)[] = [];
  #elsewhere = false;

  constructor(options: DeskOptions) {
    this.#options = options;
    options.client.on("taken", () => {
      this.#elsewhere = true;
    });
    options.client.on("start", () => {
      this.#elsewhere = false;
    });
  }

  /** The name of the cluster that runs on this page. */
  get current(): string {
    return this.#options.cluster;
  }

  /** Whether another tab has this page's cluster; then it does not run here. */
  get elsewhere(): boolean {
    return this.#elsewhere;
  }

  /** Whether this browser can store clusters for this page. */
  get persistent(): boolean {
    return this.#options.directory?.persistent ?? false;
  }

  /** Subscribes to page state that was read from a file. */
  onAdopt(listener: (state: PageState) => void): void {
    this.#listeners.push(listener);
  }

  async list(): Promise<readonly StoredCluster[]> {
    return (await this.#options.clusters?.list()) ?? [];
  }

  /** Leaves this page for a cluster, which is created if there is none of that name. */
  async open(cluster: string): Promise<void> {
    demandName(cluster);
    await this.#options.page.flush();
    this.#options.navigate(cluster);
  }

  /** Leaves this page for the cluster of a lesson from outside of the site, with which the lesson is kept. */
  async openForeign(lesson: LessonFiles): Promise<void> {
    const { directory } = this.#stored();
    const cluster = foreignCluster("files", lesson.id);
    await directory.save(cluster, "foreign", lesson);
    await this.open(cluster);
  }

  async create(cluster: string): Promise<void> {
    demandName(cluster);
    if ((await this.list()).some(({ name }) => name === cluster)) {
      throw new ClusterError("exists", cluster);
    }
    await this.open(cluster);
  }

  /** A name that is not used in this browser. */
  async freeName(wish: string): Promise<string> {
    return (await this.#options.clusters?.freeName(wish)) ?? wish;
  }

  async rename(from: string, to: string): Promise<void> {
    demandName(to);
    const { clusters } = this.#stored();
    if (from !== this.current) {
      await clusters.rename(from, to);
      return;
    }
    await this.#closed(() => clusters.rename(from, to));
    this.#options.navigate(to);
  }

  async duplicate(from: string, to: string): Promise<void> {
    demandName(to);
    const { clusters } = this.#stored();
    if (from === this.current) {
      await this.#options.client.flush();
      await this.#options.page.flush();
    }
    await clusters.duplicate(from, to);
  }

  /** Deletes a cluster. If it is this page's, another one is opened. */
  async remove(cluster: string): Promise<void> {
    const { clusters } = this.#stored();
    if (cluster !== this.current) {
      await clusters.remove(cluster);
      return;
    }
    this.#options.page.freeze();
    await this.#closed(() => clusters.remove(cluster));
    const next = (await clusters.list())[0]?.name;
    this.#options.navigate(next ?? DEFAULT_CLUSTER);
  }

  /** The whole cluster of this page as a file, including the page state. */
  async export(): Promise<Blob> {
    // In the order in which it is read back, so that the same state gives the same
    // file.
    const page = JSON.stringify(readPageState(this.#options.page.state));
    const bytes = await this.#options.client.archive({ history: true, page });
    return new Blob([bytes as BlobPart], { type: "application/json" });
  }

  /** Replaces this page's cluster with that of a file, completely or not at all. */
  async import(file: Blob): Promise<void> {
    this.adopt(await this.#options.client.replace(new Uint8Array(await file.arrayBuffer())));
  }

  /** Stores a file as a new cluster and returns its name, derived from the wanted one. */
  async importAs(file: Blob, wish: string): Promise<string> {
    const { directory } = this.#stored();
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { page } = await this.#options.client.check(bytes);
    const name = await this.freeName(wish);
    await this.#options.client.store(name, bytes);
    await directory.replace(name, readPageState(page));
    await directory.visit(name, Date.now());
    return name;
  }

  /** Makes a new cluster from what this one was at a revision, with its lesson or without. This one goes on. */
  async fork(revision: number, name: string, { lesson = true } = {}): Promise<void> {
    demandName(name);
    const { directory } = this.#stored();
    const { client, page } = this.#options;
    await client.store(name, await client.archive({ revision, history: true }));
    const { lesson: _record, foreign: _foreign, ...withoutLesson } = page.state;
    await directory.replace(name, lesson ? page.state : withoutLesson);
    await directory.visit(name, Date.now());
  }

  /** The objects that a user has made, as YAML that kubectl apply takes. */
  manifests(): Promise<string> {
    return this.#options.client.manifests();
  }

  /** An address that opens this cluster as it is now, without its history. Rejects with LinkTooLong. */
  async link(address: string): Promise<string> {
    const { editor, files, lesson, foreign } = this.#options.page.state;
    // A lesson's files would make the link too long, and without them the record is nobody's.
    const page = JSON.stringify({ editor, files, ...(foreign === undefined ? { lesson } : {}) });
    const hash = await writeLink(await this.#options.client.archive({ history: false, small: true, page }));
    const link = new URL(address);
    for (const name of ["cluster", "seed", "start"]) {
      link.searchParams.delete(name);
    }
    link.hash = hash;
    if (link.href.length > LONGEST_LINK) {
      throw new LinkTooLong(link.href.length);
    }
    return link.href;
  }

  /** Adopts the page state of the file from which the cluster was started. */
  adopt({ page }: ArchiveSummary): void {
    if (page !== null) {
      const state = readPageState(page);
      this.#options.page.replace(state);
      for (const listener of this.#listeners) {
        listener(state);
      }
    }
  }

  /** Runs an action while this page's cluster is closed. If it fails, the cluster is started again. */
  async #closed(act: () => Promise<void>): Promise<void> {
    const { client, page } = this.#options;
    await page.flush();
    await client.close();
    try {
      await act();
    } catch (error) {
      client.start();
      throw error;
    }
  }

  #stored(): { readonly clusters: Clusters; readonly directory: Directory } {
    const { clusters, directory } = this.#options;
    if (clusters === undefined || directory?.persistent !== true) {
      throw new ClusterError("unkept", this.current);
    }
    return { clusters, directory };
  }
}

function demandName(name: string): void {
  if (!isClusterName(name)) {
    throw new ClusterError("name", name);
  }
}
