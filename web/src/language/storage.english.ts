import type { Absence } from "../client/errors.ts";
import type { ArchiveFault, StorageReason } from "../protocol/storage.ts";
import type { ClusterFault } from "../storage/faults.ts";
import type { LinkFault } from "../storage/link.ts";

/** What is not saved, why, and what to do about it: one sentence for each reason. */
const reasons: Readonly<Record<StorageReason, string>> = {
  denied:
    "Nothing is saved: this browser lets the page keep no data here, as in a private window or a frame. Export a file to keep the cluster.",
  blocked:
    "Nothing is saved: a tab with an older version of this page is in the way. Close the other tabs of this page and load it again.",
  full: "Saving stopped: the browser's storage is full. Delete clusters you no longer need or free disk space, then try again.",
  evicted:
    "Saving stopped: what was stored of this cluster has been deleted outside this page. Save it again, or export a file.",
  corrupted:
    "Part of what was stored cannot be read. The cluster goes on in memory without it: export a file, or save what is left over it.",
  newer:
    "Nothing is saved: a newer version of this page made this cluster. Load the page again, or open another cluster.",
  aborted: "Saving stopped: the browser broke off a write, twice. Try again, or export a file.",
  taken: "Saving stopped: another tab has this cluster now.",
  failed: "Saving stopped: the browser's storage does not work. Try again, or export a file.",
};

const linkFaults: Readonly<Record<LinkFault, string>> = {
  version: "The link was made by another version of this page and cannot be opened. Ask for a file instead.",
  damaged: "The link is cut off or altered, so nothing was opened from it. Copy it again, whole.",
  large: "The link holds more than this page opens from a link. Ask for a file instead.",
};

/** The clause that says what is wrong with a file, or with what a link carries. */
const fileFaults: Readonly<Record<ArchiveFault, (at: string) => string>> = {
  large: () => "it is larger than this page opens.",
  cutOff: () => "it is cut off.",
  foreign: () => "it is no cluster file of Tabernetes.",
  newer: () => "a newer version of this page made it. Load this page again.",
  altered: () => "it was altered or damaged.",
  invalid: (at) => `no cluster can have what stands in it at “${at}”.`,
  unreadable: (at) => `this version of Kubernetes cannot read the object “${at}” in it.`,
};

const faults: Readonly<Record<ClusterFault, (cluster: string) => string>> = {
  exists: (cluster) => `There is a cluster “${cluster}” already. Choose another name.`,
  open: (cluster) => `“${cluster}” is open in another tab. Close it there first.`,
  name: (cluster) =>
    `“${cluster}” cannot be the name of a cluster: letters, digits, “.”, “_” and “-”, up to 63, a letter or a digit first.`,
  unkept: () => "This browser keeps no clusters for this page. Export a file to keep this one.",
};

const notRunning: Readonly<Record<Absence, string>> = {
  restarted: "The control plane has been restarted meanwhile, so this was not done. Do it again.",
  closed: "The cluster is closed, so this was not done. Load the page again.",
  taken: "Another tab has this cluster, so this was not done. Go on with it here first, or do it there.",
  ended: "The control plane does not run, so this was not done. Load the page again.",
};

export const englishStorage = {
  reasons,
  linkFaults,
  fileFaults,
  faults,
  notRunning,
  fileRefused: (fault: string) =>
    `The file holds no cluster that this page can open, so nothing was changed: ${fault}`,
  unexpected: (message: string) => `That did not work: ${message}`,
  linkRefused: (fault: string) => `The link holds no cluster that this page can open: ${fault}`,
  tryAgain: "Save again",
  exportShort: "Export a file",
  fork: "Fork into a new cluster",

  // Another tab
  takenTitle: "Open in another tab",
  takenText:
    "A cluster runs in one tab at a time. You can go on with it here: the other tab then saves what it has and stops.",
  takeOver: "Go on here",
  otherClusters: "Other clusters",

  // The dialog
  open: "Clusters",
  title: "Clusters in this browser",
  none: "This browser keeps no clusters for this page. The one that runs can be exported.",
  list: "Clusters",
  here: "open here",
  elsewhere: "open in another tab",
  used: (when: string) => `last used ${when}`,
  openCluster: "Open",
  rename: "Rename",
  duplicate: "Duplicate",
  remove: "Delete",
  of: (action: string, name: string) => `${action}: ${name}`,
  name: "Name",
  nameHint: "Letters, digits, “.”, “_” and “-”, up to 63.",
  nameTaken: "Another cluster has this name.",
  create: "New cluster",
  createConfirm: "Create and open",
  confirmRemove: (name: string) =>
    `Delete “${name}” with its objects, history and files? This cannot be undone.`,
  confirmRemoveButton: "Delete for good",
  usage: (used: string, quota: string) => `${used} stored of about ${quota} that this browser allows.`,
  persisted: "The browser keeps it until you delete it.",
  notPersisted: "The browser may delete it when disk space runs short.",
  persist: "Ask the browser to keep it",

  // One cluster
  thisCluster: (name: string) => `“${name}”, the cluster on this page`,
  exportFile: "Export",
  exportText: "A file with everything: objects, history, editor, terminal. This page imports it anywhere.",
  yaml: "YAML for a real cluster",
  yamlText: "The objects that you made, as kubectl apply takes them.",
  link: "Copy a link",
  linkText: "Whoever opens it gets a copy of the cluster as it is now, without its history.",
  linkCopied: (characters: number) => `Copied: a link of ${characters.toLocaleString("en")} characters.`,
  linkTooLong: (characters: number) =>
    `This cluster is too large for a link (${characters.toLocaleString("en")} characters). Export a file instead.`,
  importFile: "Import a file",
  importText: "Or drop it here. It becomes a cluster of its own; nothing is replaced.",
  importConfirm: "It replaces the cluster on this page.",
  working: "Working…",
};
