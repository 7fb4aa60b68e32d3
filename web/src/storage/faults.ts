/** Why an operation on a whole cluster is refused: one of that name exists, a tab has it open, the name is invalid, or nothing can be stored. */
export type ClusterFault = "exists" | "open" | "name" | "unkept";

const MESSAGES: Readonly<Record<ClusterFault, (cluster: string) => string>> = {
  exists: (cluster) => `there is a cluster "${cluster}"`,
  open: (cluster) => `another tab has cluster "${cluster}" open`,
  name: (cluster) =>
    `"${cluster}" is no name for a cluster: up to 63 letters, digits, ".", "_" and "-", a letter or digit first`,
  unkept: () => "this browser keeps no clusters for this page",
};

/** A refused operation on a cluster. The page words the fault itself; the message is for programs. */
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
