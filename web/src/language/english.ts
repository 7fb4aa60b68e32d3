import { englishCauses } from "./causes.english.ts";
import { englishActions, englishArithmetic, englishInspector } from "./details.english.ts";
import { englishEditing } from "./editing.english.ts";
import { englishEmbedding } from "./embedding.english.ts";
import { englishLessons } from "./lessons.english.ts";
import { englishRefusals } from "./refusals.english.ts";
import { englishSharing } from "./sharing.english.ts";
import { englishStorage } from "./storage.english.ts";
import { englishPast, englishTimeline } from "./timeline.english.ts";
import { englishAbout, englishPalette, englishShortcuts } from "./tools.english.ts";

/**
 * All of the page's own texts, in English. The other languages have exactly
 * these keys. Kubernetes' own words (kinds, reasons, messages, column names) are
 * not translated: a learner meets them again in a terminal.
 */
export const english = {
  documentTitle: "Tabernetes: a Kubernetes control plane in this tab",
  tagline: "Kubernetes in a tab",

  // Header
  theme: { auto: "Theme: automatic", light: "Theme: light", dark: "Theme: dark" },
  language: "Language",
  whatIsReal: "What is real?",
  reset: "Reset",
  skipToDiagram: "Go to the diagram",

  // Clock
  clock: "Clock",
  clusterTime: "Cluster time",
  rate: "Speed",
  rateValue: (rate: number) => `${rate}×`,
  rateUnlimited: "Unlimited",
  pause: "Pause",
  resume: "Go on",
  step: "Step to the next change",
  skip: "Skip until everything is settled",
  stepShort: "Step",
  skipShort: "Skip",
  paused: "Paused",
  stepping: "Stepping…",
  skipping: "Skipping…",
  lagging: (rate: string) => `this machine: ${rate}×`,

  // Tabs
  editorTab: "Editor",
  lessonTab: "Lesson",
  leftPane: "Lesson and editor",

  // Editor
  editor: "YAML editor",
  file: "File",
  apply: "Apply",
  applying: "Applying…",
  applyHint: (key: string) => `${key}+Enter`,
  undoChanges: "Back to the original",
  tryNext: "Try next",
  changeImage: (from: string, to: string) => `Image ${from} → ${to}`,
  changeReplicas: (from: number, to: number) => `Replicas ${from} → ${to}`,
  results: "Results",
  noResults: "Nothing to apply: the text has no object.",
  resultWord: { created: "created", configured: "configured", unchanged: "unchanged" },
  rejected: "not applied",
  warning: "Warning",
  atLine: (line: number) => `line ${line}`,
  goToLine: (line: number) => `Go to line ${line}`,
  document: (index: number) => `object ${index}`,

  editing: englishEditing,

  // Terminal
  terminalTab: "Terminal",
  terminals: "Terminals",
  terminalNew: "New terminal",
  terminalLoading: "Loading kubectl",
  terminalClose: "Close this terminal",
  terminalName: (number: number) => `Terminal ${number}`,
  terminalBusy: (number: number) => `Terminal ${number} (running)`,
  terminalInput: "Command",
  terminalTranscript: "Commands and their output",
  terminalKeys:
    "Enter runs the command, Shift+Enter begins a new line, Tab completes, arrows and Ctrl+R find earlier commands, Ctrl+C ends what runs. Escape and then Tab leaves the field.",
  terminalSearch: "search",
  terminalNoMatch: "No earlier command has this.",
  terminalNoCompletion: "No completion.",
  terminalCandidates: (count: number) => (count === 1 ? "1 completion" : `${count} completions`),
  terminalMore: (count: number) => `and ${count} more`,
  terminalTabLeaves: "Tab leaves the field.",
  terminalCopy: "Copy",
  terminalStop: "Stop (Ctrl+C)",
  terminalExit: (code: number) => `exit status ${code}`,
  terminalDropped: (lines: number) => `${lines} earlier lines are left out.`,

  // kubectl edit
  editTitle: "Edit an object",
  save: "Save",

  // Diagram
  diagram: "Cluster diagram",
  cluster: "Cluster",
  emptyTitle: "An empty cluster, waiting for its first object",
  emptyText:
    "Apply the YAML. The real Kubernetes controllers create a Deployment, its ReplicaSet and a Pod, and you see every step of it.",
  applyFile: (file: string) => `Apply ${file}`,
  showRollout: "Show me a rolling update",
  diagramHelp: "Arrow keys move between objects, Enter shows the details, + and − change the size.",
  podStates: {
    pending: "pending",
    creating: "creating",
    starting: "not ready",
    ready: "ready",
    terminating: "terminating",
    failing: "failing",
    succeeded: "completed",
  },
  podLegend: "Pods by state",
  noPods: "no pods",
  pods: (count: number) => (count === 1 ? "1 pod" : `${count} pods`),
  podsOnNode: (count: number) => (count === 1 ? "1 pod" : `${count} pods`),
  simulatedNode: "simulated node",
  revision: (revision: number) => `revision ${revision}`,
  revisionShort: (revision: number) => `rev ${revision}`,
  older: (count: number) => `+ ${count} older`,
  unowned: "Pods without a controller",
  available: "available",
  total: "pods",
  atLeast: (count: number) => `at least ${count}`,
  atMost: (count: number) => `at most ${count}`,
  availableOf: (available: number, desired: number) => `${available} of ${desired} available`,
  readyOf: (ready: number, desired: number) => `${ready} of ${desired} ready`,
  currentOf: (current: number, desired: number) => `${current} of ${desired} pods`,
  completedOf: (completed: number, desired: number) => `${completed} of ${desired} completed`,
  failedPods: (count: number) => (count === 1 ? "1 pod failed" : `${count} pods failed`),
  updatedPods: (count: number) => `${count} updated`,
  activeJobs: (count: number) => (count === 1 ? "1 active job" : `${count} active jobs`),
  suspended: "suspended",
  desired: "desired",
  current: "current",
  rolloutPaused: "rollout paused",
  rollingOut: "rolling out",
  rolloutComplete: "settled",
  strategy: (surge: string, unavailable: string) => `max surge ${surge}, max unavailable ${unavailable}`,
  recreate: "Recreate: all old pods go first",
  historyItem: (revision: number, image: string) => `revision ${revision}, ${image}, kept as history`,
  onNode: (node: string) => `on ${node}`,
  notScheduled: "on no node yet",
  age: (age: string) => `age ${age}`,
  restarts: (count: number) => (count === 1 ? "1 restart" : `${count} restarts`),
  grouping: "Pods by",
  groupings: { controller: "Pods by ReplicaSet", node: "Pods by node" },
  picture: "Diagram",
  liveTable: "Table",
  zoomIn: "Larger",
  zoomOut: "Smaller",
  zoomFit: "Show everything",
  zoomNormal: (percent: number) => `Size ${percent} %: back to 100 %`,
  onNoNode: "On no node",
  servedBy: (services: string) => `gets requests of ${services}`,
  endpointsOf: (ready: number, endpoints: number) => `${ready} of ${endpoints} endpoints ready`,
  scaled: (current: number, minimum: number, maximum: number) =>
    `${current} pods, between ${minimum} and ${maximum}`,
  wants: (count: number) => `wants ${count}`,
  evictable: (count: number) => (count === 1 ? "1 pod may be evicted" : `${count} pods may be evicted`),
  healthyOf: (healthy: number, least: number) => `${healthy} healthy, ${least} needed`,
  tableColumns: {
    object: "Object",
    revision: "Revision",
    ready: "Ready",
    status: "Status",
    node: "Node",
    restarts: "Restarts",
    age: "Age",
  },
  clusterIsEmpty: "The cluster has no workload.",

  // Details
  details: "Details",
  close: "Close",
  yaml: "YAML",
  copy: "Copy",
  copied: "Copied",
  loading: "Loading…",
  customResource: "custom resource",
  noConditions: "no conditions",
  facts: {
    namespace: "Namespace",
    owner: "Controlled by",
    status: "Status",
    ready: "Ready",
    replicas: "Replicas",
    revision: "Revision",
    strategy: "Strategy",
    minReadySeconds: "Min ready",
    image: "Image",
    node: "Node",
    ip: "IP",
    restarts: "Restarts",
    age: "Age",
    podCIDR: "Pod CIDR",
    pods: "Pods",
    clusterIP: "Cluster IP",
    type: "Type",
    ports: "Ports",
    progressing: "Progressing",
    templateHash: "Template hash",
    endpoints: "Endpoints",
    desired: "Wanted",
    metrics: "Metrics",
    minAvailable: "Min available",
    maxUnavailable: "Max unavailable",
    capacity: "Capacity",
    storageClass: "Storage class",
    volume: "Volume",
    reclaimPolicy: "Reclaim policy",
    claim: "Claim",
    group: "Group",
    conditions: "Conditions",
  },
  seconds: (count: number) => `${count} s`,
  view: "View",
  views: { why: "Why", arithmetic: "Arithmetic", yaml: "YAML", happened: "Events", revisions: "Revisions" },
  causes: englishCauses,
  refusals: englishRefusals,
  applyOnceMore:
    "The definition in this text is in the cluster now. kubectl, too, looks up all kinds before it applies the first object: apply once more.",
  storage: englishStorage,
  embedding: englishEmbedding,
  sharing: englishSharing,
  inspector: englishInspector,
  arithmetic: englishArithmetic,

  // Actions
  actions: englishActions,

  // Timeline
  timeline: englishTimeline,

  // Requests to a Service
  trafficResults: {
    ok: "answered",
    http4xx: "HTTP 4xx",
    http5xx: "HTTP 5xx",
    refused: "connection refused",
    reset: "connection reset",
    closed: "closed without an answer",
    timedOut: "timed out",
    noEndpoints: "no endpoints",
    unresolved: "name not resolved",
  },
  requests: {
    title: "Requests to this Service",
    rate: "Requests a second",
    perSecond: (count: number) => `${count} a second`,
    start: "Send requests",
    stop: "Stop",
    none: "Nobody sends requests to it.",
    counts: (sent: number, answered: number, failed: number) =>
      `${sent} sent, ${answered} answered, ${failed} failed`,
    answeredBy: "Answered by version",
    failedFor: "Failed",
  },

  // Looking back
  past: englishPast,

  // Shortcuts
  shortcuts: englishShortcuts,
  palette: englishPalette,
  about: englishAbout,
  resizeDock: "Height of the lower panels",
  resizeWork: "Width of the lesson and the editor",

  // Events
  events: "Events",
  noEvents: "What the controllers, the scheduler and the nodes report appears here.",
  eventAge: "Age",
  eventReason: "Reason",
  eventObject: "Object",
  eventMessage: "Message",
  eventTimes: (count: number) => `${count} times`,
  warningsOnly: "Warnings only",

  // Lessons
  learning: englishLessons,
  noLessons: "No lessons are built into this site.",
  lessonMissing: (id: string) => `There is no lesson "${id}" on this site.`,
  lessonOtherLanguage: "This lesson is not translated yet.",
  run: "Run",
  running: "Running…",
  openInEditor: "Open in the editor",
  stop: "Stop",
  noOutput: "No output.",
  exitStatus: (code: number) => `exit status ${code}`,

  // Start and trouble
  booting: "Starting the control plane",
  stages: {
    download: "Downloading Kubernetes",
    compile: "Compiling",
    start: "Starting the API server",
    restore: "Bringing your objects back",
    controllers: "Starting the controllers",
  },
  readyIn: (seconds: string) => `ready in ${seconds} s`,
  restored: "Your objects of the last visit are back.",
  panicTitle: "The control plane stopped",
  panicText:
    "A fault in the program ended it. What was saved is not lost: a restart goes on from the last saved revision.",
  restart: "Restart",
  storageOk: "Saved in this browser",
  offline: {
    keep: "Keep for use without a network",
    keepAgain: "Try again",
    keeping: (percent: number) => `Keeping this site for use without a network: ${percent} %`,
    kept: "Ready to use without a network",
    failed: {
      room: "This browser has too little room to keep the site for use without a network",
      network: "The site could not be kept for use without a network: it cannot be reached",
      foreign:
        "The site could not be kept for use without a network: its host changes its files, or they change just now",
    },
    newer: "A new version of this page is ready. Your clusters stay as they are.",
    renew: "Reload to use it",
    renewLater: "Use the new version",
    afterLesson: "A new version of this page is ready; it waits until the lesson is over",
    afterOther: "A new version of this page is ready; it waits for the lesson in another tab",
    manifest: "manifest.webmanifest",
  },
  storageMemoryShort: "In memory only",
  missingPart: {
    fetching: "A part of Kubernetes is being fetched that was not needed before; the cluster’s time stands",
    offline:
      "No connection: a part of Kubernetes is needed that is not here yet. The cluster’s time stands until it has come",
    failed:
      "A part of Kubernetes cannot be fetched. It is tried again; the cluster’s time stands until it has come",
    damaged:
      "A part of Kubernetes has come damaged, or the site has a newer version. It is tried again; if that does not help, load the page again",
  },
  storageFailedShort: "Not saving",
  resetTitle: "Delete every object?",
  resetText:
    "The cluster starts empty, and what is stored of it in this browser is deleted. This cannot be undone.",
  resetConfirm: "Delete and start empty",
  resetting: "Deleting…",
  cancel: "Cancel",
  dismiss: "Dismiss",
  partMissing: "A part of the page could not be loaded. It is asked for again until it comes.",
  loadPageAgain: "Load the page again",

  // What is real
  realTitle: "What is real here",
  realIntro:
    "The control plane in this tab is the upstream source of Kubernetes, compiled to WebAssembly as it is but for two things: what asks an operating system for something a tab does not have says so, and tables of API versions lack those that this API server does not serve. No server takes part: once the page is loaded it needs no network.",
  realReal: "Real",
  realSimulated: "Simulated",
  realList: [
    "API server: admission, validation, defaults, patches, server-side apply, dry run, watches, OpenAPI",
    "Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet, Job, CronJob, Endpoints, EndpointSlice, volume claims, garbage collector, quota, disruption budgets, HPA, node lifecycle and taint eviction",
    "kube-scheduler with its default profile",
    "kubectl; diff has its own program diff, and port-forward, proxy and cp say what to use instead",
    "kube-proxy's choice of endpoints",
    "Names, events, conditions, messages: as these parts write them",
  ],
  simulatedList: [
    "The nodes: kubelet, container runtime, images, probes and logs, with the kubelet's states, order and messages. No container runs.",
    "The network: addresses, DNS and requests between pods. NetworkPolicy is stored and not enforced.",
    "The terminal's shell, docker and curl; what a container's image does",
    "Who asks: everybody is the administrator. There is no login, and RBAC does not refuse.",
    "Time: one clock under everything, which you can stop and speed up",
    "Storage: objects are kept in this browser instead of etcd; volumes are directories on the simulated nodes",
  ],
  realNote: (version: string) => `Control plane: upstream Kubernetes ${version}`,
  simulatedNote: "Nodes: simulated",
  versions: (tabernetes: string, kubernetes: string) => `Tabernetes ${tabernetes}, Kubernetes ${kubernetes}`,
};
