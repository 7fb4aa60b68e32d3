/** The texts of a playground in another page. */
export const englishEmbedding = {
  // The poster
  title: "Kubernetes playground",
  poster: "What it starts with",
  start: "Start",
  startLabel: (title: string) => `Start: ${title}`,
  intro: "The real Kubernetes control plane, in this page: no server, no account.",
  cost: (megabytes: number) => `Loads ${megabytes} MB the first time`,
  replicas: (count: number) => (count === 1 ? "1 pod" : `${count} pods`),
  more: (count: number) => `and ${count} more`,
  emptyCluster: "An empty cluster with three nodes",
  savedCluster: "A cluster as somebody has left it",

  // The frame
  wholePage: "Open in a tab of its own",
  resting: "Resting while another playground runs. Its state is kept.",
  goOn: "Go on",
  goesOn: "Going on…",
  refused: {
    foreign: (address: string) =>
      `Not loaded: ${address} is of another origin. A playground starts from files of its own page or of this site.`,
    missing: (address: string, reason: string) => `Not loaded: ${address}: ${reason}`,
    large: (what: string, most: string) => `Refused: ${what} has more than ${most}.`,
    state: (reason: string) => `The state cannot be opened: ${reason}`,
    parameter: (name: string, value: string) => `Refused: ${name}="${value}" means nothing.`,
  },
};
