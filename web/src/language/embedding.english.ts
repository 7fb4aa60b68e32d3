/** The texts of a playground in another page, and of what one needs to put it there. */
export const englishEmbedding = {
  // The poster
  title: "Kubernetes playground",
  poster: "What it starts with",
  start: "Start",
  startLabel: (title: string) => `Start: ${title}`,
  intro: "The real Kubernetes control plane, in this page: no server, no account.",
  cost: (megabytes: number) => `Loads ${megabytes} MB the first time`,
  object: (kind: string, name: string) => `${kind} ${name}`,
  replicas: (count: number) => (count === 1 ? "1 pod" : `${count} pods`),
  more: (count: number) => `and ${count} more`,
  lesson: "Lesson",
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

  // Share
  share: "Share",
  shareTitle: "Share and embed",
  shareIntro:
    "Put a running cluster into a page of yours. Whoever opens it starts with what you choose here; nothing is sent to anybody.",
  what: "It starts with",
  starts: {
    state: "this cluster as it is now",
    lesson: "the lesson",
    yaml: "the text in the editor",
    empty: "an empty cluster",
  },
  panes: "Panes",
  tooLarge: "This cluster is too large for a snippet. Choose the text of the editor, or a lesson.",
  forms: {
    element: "HTML",
    frame: "HTML, a frame alone",
    fence: "Markdown, with one of our plugins",
    picture: "A picture with a link",
  },
  formTexts: {
    element: "For any page that may load a script.",
    frame: "Where scripts are not allowed but frames are.",
    fence: "Docusaurus, Astro, VitePress, Hugo, MkDocs, Sphinx: see web/integrations.",
    picture: "Where frames are stripped as well, as in a README or a feed.",
  },
  copy: (form: string) => `Copy: ${form}`,
  pictureText: "Run this in a Kubernetes cluster in the browser",
};
