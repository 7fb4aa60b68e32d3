/** Why something cannot be done with a whole cluster: one of that name exists, a tab has it open, no cluster may have that name, or nothing is kept. */
export type ClusterFault = "exists" | "open" | "name" | "unkept";

const MESSAGES: Readonly<Record<ClusterFault, (cluster: string) => string>> = {
  exists: (cluster) => `there is a cluster "${cluster}"`,
  open: (cluster) => `another tab has cluster "${cluster}" open`,
  name: (cluster) =>
    `"${cluster}" is no name for a cluster: up to 63 letters, digits, ".", "_" and "-", a letter or digit first`,
  unkept: () => "this browser keeps no clusters for this page",
};

/** What cannot be done with a cluster. The page says it by its fault; the message is for programs. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
  readonly fault: ClusterFault;
  readonly cluster: string;

  constructor(fault: ClusterFault, cluster: string) {
    super(MESSAGES[fault](cluster));
    this.fault = fault;
    this.cluster = cluster;
  }
}
