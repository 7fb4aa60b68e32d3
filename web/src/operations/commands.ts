import type { DeploymentItem, Item, NodeItem, PodItem, ReplicaSetItem } from "../protocol/topology.ts";

/** A change of one object, as a request and as the kubectl command that does the same. */
export interface Action {
  readonly method: "PATCH" | "DELETE";
  /** Behind the path of the object, such as `/scale`. */
  readonly subresource: string;
  readonly contentType: string;
  readonly body: unknown;
  readonly command: string;
}

const MERGE = "application/merge-patch+json";
const STRATEGIC = "application/strategic-merge-patch+json";
const JSON_PATCH = "application/json-patch+json";

/** A tag that no registry has. */
const BAD_TAG = "does-not-exist";
/** Nothing listens there. */
const DEAF_PORT = 1;

export function scale(item: Item, replicas: number): Action {
  return {
    method: "PATCH",
    subresource: "/scale",
    contentType: MERGE,
    body: { spec: { replicas } },
    command: kubectl(item, `scale ${named(item)} --replicas=${replicas}`),
  };
}

export function setImage(item: Item, container: string, image: string): Action {
  return {
    ...patchTemplate({ spec: { containers: [{ name: container, image }] } }),
    command: kubectl(item, `set image ${named(item)} ${container}=${quoted(image)}`),
  };
}

/** The image with a tag that does not exist. */
export function badImage(image: string): string {
  const name = image.split("@")[0] ?? image;
  const colon = name.indexOf(":", name.lastIndexOf("/"));
  return `${colon === -1 ? name : name.slice(0, colon)}:${BAD_TAG}`;
}

/** `now` is cluster time in milliseconds: kubectl writes the time of its own clock, which is the cluster's here. */
export function restart(item: Item, now: number): Action {
  const restartedAt = new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
  return {
    ...patchTemplate({ metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": restartedAt } } }),
    command: kubectl(item, `rollout restart ${named(item)}`),
  };
}

export function setPaused(item: DeploymentItem, paused: boolean): Action {
  return {
    method: "PATCH",
    subresource: "",
    contentType: STRATEGIC,
    body: { spec: { paused } },
    command: kubectl(item, `rollout ${paused ? "pause" : "resume"} ${named(item)}`),
  };
}

/** kubectl replaces the template by the ReplicaSet's, without the label that the controller adds. */
export function undo(item: DeploymentItem, to: ReplicaSetItem, template: PodTemplate): Action {
  const { "pod-template-hash": _, ...labels } = template.metadata?.labels ?? {};
  return {
    method: "PATCH",
    subresource: "",
    contentType: JSON_PATCH,
    body: [
      {
        op: "replace",
        path: "/spec/template",
        value: { ...template, metadata: { ...template.metadata, labels } },
      },
    ],
    command: kubectl(item, `rollout undo ${named(item)} --to-revision=${to.revision}`),
  };
}

export function failingProbe(item: Item, container: string): Action {
  return byPatch(item, {
    spec: {
      containers: [{ name: container, readinessProbe: { tcpSocket: { port: DEAF_PORT }, periodSeconds: 2 } }],
    },
  });
}

export function crash(item: Item, container: string): Action {
  return byPatch(item, {
    spec: { containers: [{ name: container, command: ["sh", "-c", "echo out of luck; exit 1"] }] },
  });
}

/** kubectl sets the same field; its taint follows by the controller. */
export function cordon(node: NodeItem, unschedulable: boolean): Action {
  return {
    method: "PATCH",
    subresource: "",
    contentType: STRATEGIC,
    body: { spec: { unschedulable: unschedulable ? true : null } },
    command: `kubectl ${unschedulable ? "cordon" : "uncordon"} ${node.name}`,
  };
}

/** What happens to a node's machine: an annotation, see the table in the README. `null` takes it away. */
export function annotateNode(node: NodeItem, setting: MachineSetting, value: string | null): Action {
  const name = `sim.tabernetes.dev/${setting}`;
  return {
    method: "PATCH",
    subresource: "",
    contentType: MERGE,
    body: { metadata: { annotations: { [name]: value } } },
    command: `kubectl annotate node ${node.name} ${value === null ? `${name}-` : `${name}=${value} --overwrite`}`,
  };
}

export type MachineSetting = "power" | "network" | "slow-network" | "reboot";

/** Runs as it stands: it waits, and says what it waits for. */
export function drainCommand(node: NodeItem): string {
  return `kubectl drain ${node.name} --ignore-daemonsets --delete-emptydir-data --force`;
}

export function deletePod(pod: PodItem): Action {
  return {
    method: "DELETE",
    subresource: "",
    contentType: "application/json",
    body: undefined,
    command: kubectl(pod, `delete pod ${pod.name}`),
  };
}

export interface PodTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly containers?: readonly { readonly name: string; readonly image: string }[] };
}

function byPatch(item: Item, template: object): Action {
  const patch = patchTemplate(template);
  return { ...patch, command: kubectl(item, `patch ${named(item)} -p '${JSON.stringify(patch.body)}'`) };
}

function patchTemplate(template: object): Omit<Action, "command"> {
  return { method: "PATCH", subresource: "", contentType: STRATEGIC, body: { spec: { template } } };
}

function named(item: Item): string {
  return `${item.kind.toLowerCase()}/${item.name}`;
}

function kubectl(item: Item, rest: string): string {
  return `kubectl ${rest}${item.namespace === "default" ? "" : ` -n ${item.namespace}`}`;
}

function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
