/** What a poster tells of an object. */
export interface Sketch {
  readonly kind: string;
  readonly name: string;
  /** Pods that it wants; undefined for an object that has none. */
  readonly replicas: number | undefined;
}

/** Kinds that have one pod unless they say how many. */
const WORKLOADS: ReadonlySet<string> = new Set(["Deployment", "ReplicaSet", "StatefulSet", "Job"]);

/** Objects that a poster looks at. */
const MOST_OBJECTS = 200;

/**
 * The objects of a YAML text, as far as a poster draws them. It is read by its lines,
 * because a poster is there before any parser: what is written in another style is
 * left out of the poster and of nothing else.
 */
export function sketchYaml(yaml: string): readonly Sketch[] {
  return yaml
    .split(/^---(?:[ \t].*)?$/m)
    .slice(0, MOST_OBJECTS)
    .flatMap((document) => {
      const kind = value(document, /^kind: *(.+)$/m);
      const metadata = section(document, "metadata");
      const name = metadata === undefined ? undefined : value(metadata, /^(?: +|.*[{,] *)name: *([^,}\n]+)/m);
      const spec = section(document, "spec");
      const replicas = spec === undefined ? undefined : value(spec, /^ +(?:replicas|completions): *(\d+)/m);
      return kind === undefined
        ? []
        : [sketch(kind, name, replicas === undefined ? undefined : Number(replicas))];
    });
}

/** Kinds of a state that a learner has not made, or that follow from those that one has. */
const DERIVED: ReadonlySet<string> = new Set([
  "ReplicaSet",
  "Pod",
  "Event",
  "Lease",
  "EndpointSlice",
  "Endpoints",
]);

/** The objects of a cluster file that a learner has made. */
export function sketchState(archive: Uint8Array): readonly Sketch[] {
  const file = JSON.parse(new TextDecoder().decode(archive)) as {
    readonly content?: { readonly objects?: readonly { readonly object?: StoredObject }[] };
  };
  return (file.content?.objects ?? []).slice(0, MOST_OBJECTS * 10).flatMap(({ object }) => {
    const { kind = "", metadata, spec } = object ?? {};
    const isOurs = metadata?.namespace !== undefined && !metadata.namespace.startsWith("kube-");
    const isMade = isOurs && !DERIVED.has(kind) && metadata.name !== "kubernetes" && WORTH_DRAWING.has(kind);
    return isMade ? [sketch(kind, metadata.name, spec?.replicas)] : [];
  });
}

interface StoredObject {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly spec?: { readonly replicas?: number };
}

/** Kinds that every cluster has in each namespace are not a learner's. */
const WORTH_DRAWING: ReadonlySet<string> = new Set([
  ...WORKLOADS,
  "DaemonSet",
  "CronJob",
  "Service",
  "HorizontalPodAutoscaler",
  "PodDisruptionBudget",
  "PersistentVolumeClaim",
]);

function sketch(kind: string, name: string | undefined, replicas: number | undefined): Sketch {
  const isWorkload = WORKLOADS.has(kind);
  return { kind, name: name ?? "", replicas: isWorkload ? (replicas ?? 1) : kind === "Pod" ? 1 : undefined };
}

/** A key of the outermost mapping, with all that is indented below it. */
function section(document: string, key: string): string | undefined {
  const lines = document.split("\n");
  const first = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (first === -1) {
    return undefined;
  }
  const length = lines.slice(first + 1).findIndex((line) => /^[^\s#]/.test(line));
  return lines.slice(first, length === -1 ? undefined : first + 1 + length).join("\n");
}

function value(text: string, pattern: RegExp): string | undefined {
  return pattern
    .exec(text)?.[1]
    ?.replace(/\s+#.*$/, "")
    .trim()
    .replace(/^(["'])(.*)\1$/, "$2");
}
