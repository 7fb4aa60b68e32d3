import type { Client } from "../client/client.ts";
import { bodyOf } from "../client/errors.ts";
import { kindOf, resourcePath } from "../client/resources.ts";
import type { Text } from "../language/text.ts";
import type { DeploymentItem, Item, NodeItem, ReplicaSetItem, WorkloadItem } from "../protocol/topology.ts";
import {
  type Action,
  annotateNode,
  badImage,
  cordon,
  crash,
  deletePod,
  drainCommand,
  failingProbe,
  type MachineSetting,
  type PodTemplate,
  restart,
  scale,
  setImage,
  setPaused,
  undo,
} from "./commands.ts";

/** Where the page shows an operation: what one does every day, going back, and what goes wrong. */
export type OperationGroup = "change" | "undo" | "break";

/** An operation on an object that needs no typing. */
export interface Operation {
  readonly id: string;
  readonly group: OperationGroup;
  readonly label: string;
  /** Makes the change; resolves with the kubectl command that does the same. */
  run(): Promise<string>;
}

type Scalable = Template | (WorkloadItem & { readonly kind: "ReplicationController" });
type Template = DeploymentItem | (WorkloadItem & { readonly kind: "StatefulSet" | "DaemonSet" });

/** Image pulls take so many times as long. */
const SLOW_NETWORK = "20";

/**
 * The operations on the objects of the diagram. The inspector and the command
 * palette both offer it; each operation makes its request as kubectl would.
 */
export class Operations {
  readonly #client: Client;
  readonly #runLine: (line: string) => void;
  readonly #readOnly: boolean;

  /**
   * `runLine` runs a line in the terminal, for what takes its time and tells of it.
   * With `readOnly` no object has operations.
   */
  constructor(client: Client, runLine: (line: string) => void, readOnly = false) {
    this.#client = client;
    this.#runLine = runLine;
    this.#readOnly = readOnly;
  }

  /** The operations of an object as it is now; none for one that only its controller changes. */
  of(item: Item, text: Text): Operation[] {
    if (this.#readOnly) {
      return [];
    }
    switch (item.kind) {
      case "Deployment":
        return [...this.#scaling(item, text), ...this.#template(item, text), ...this.#deployment(item, text)];
      case "StatefulSet":
        return [...this.#scaling(item as Template, text), ...this.#template(item as Template, text)];
      case "DaemonSet":
        return this.#template(item as Template, text);
      case "ReplicationController":
        return this.#scaling(item as Scalable, text);
      case "Pod":
        return [this.#operation("deletePod", "break", text.actions.deletePod, item, () => deletePod(item))];
      case "Node":
        return this.#node(item, text);
      default:
        return [];
    }
  }

  /** Gives a workload another image, for its first container. */
  async setImage(item: Template, image: string): Promise<string> {
    return this.#send(item, await this.#withContainer(item, (container) => setImage(item, container, image)));
  }

  #scaling(item: Scalable, text: Text): Operation[] {
    const words = text.actions;
    const by = (difference: number) => () => {
      const now = this.#current(item);
      return scale(now, Math.max(0, ("desired" in now ? now.desired : 0) + difference));
    };
    return [
      this.#operation("scaleDown", "change", words.scaleDown, item, by(-1)),
      this.#operation("scaleUp", "change", words.scaleUp, item, by(1)),
    ];
  }

  #template(item: Template, text: Text): Operation[] {
    const words = text.actions;
    const withContainer = (make: (container: string, image: string) => Action) => () =>
      this.#withContainer(item, make);
    return [
      this.#operation("restart", "change", words.restart, item, () =>
        restart(item, this.#client.clock?.now ?? this.#client.inventory.time),
      ),
      this.#operation(
        "badImage",
        "break",
        words.badImage,
        item,
        withContainer((container, image) => setImage(item, container, badImage(image))),
      ),
      this.#operation(
        "failingProbe",
        "break",
        words.failingProbe,
        item,
        withContainer((container) => failingProbe(item, container)),
      ),
      this.#operation(
        "crash",
        "break",
        words.crash,
        item,
        withContainer((container) => crash(item, container)),
      ),
    ];
  }

  #deployment(item: DeploymentItem, text: Text): Operation[] {
    const words = text.actions;
    return [
      this.#operation("pause", "change", item.paused ? words.resume : words.pause, item, () =>
        setPaused(item, !item.paused),
      ),
      ...this.#history(item).map((set) =>
        this.#operation(`undo-${set.revision}`, "undo", undoLabel(set, text), item, async () =>
          undo(item, set, await this.#templateOf(set)),
        ),
      ),
    ];
  }

  /** The ReplicaSets to go back to, newest first. */
  #history(item: DeploymentItem): ReplicaSetItem[] {
    return [...this.#client.inventory.items.values()]
      .filter(
        (other): other is ReplicaSetItem =>
          other.kind === "ReplicaSet" && other.owner === item.uid && !other.active,
      )
      .sort((a, b) => b.revision - a.revision);
  }

  #node(item: NodeItem, text: Text): Operation[] {
    const words = text.actions;
    const drain: Operation = {
      id: "drain",
      group: "change",
      label: words.drain,
      run: async () => {
        const line = drainCommand(item);
        this.#runLine(line);
        return line;
      },
    };
    const annotate = (
      id: "powerOff" | "powerOn" | "partition" | "reconnect" | "slowNetwork" | "fastNetwork",
      setting: MachineSetting,
      value: string | null,
    ) => this.#operation(id, "break", words[id], item, () => annotateNode(item, setting, value));
    return [
      this.#operation("cordon", "change", item.unschedulable ? words.uncordon : words.cordon, item, () =>
        cordon(item, !item.unschedulable),
      ),
      drain,
      annotate("powerOff", "power", "off"),
      annotate("powerOn", "power", null),
      annotate("partition", "network", "partitioned"),
      annotate("reconnect", "network", null),
      annotate("slowNetwork", "slow-network", SLOW_NETWORK),
      annotate("fastNetwork", "slow-network", null),
      this.#operation("reboot", "break", words.reboot, item, () =>
        annotateNode(item, "reboot", String(Math.round(this.#client.clock?.now ?? 0))),
      ),
    ];
  }

  #operation(
    id: string,
    group: OperationGroup,
    label: string,
    item: Item,
    make: () => Action | Promise<Action>,
  ): Operation {
    return { id, group, label, run: async () => this.#send(item, await make()) };
  }

  /** The item as the last frame had it. */
  #current(item: Item): Item {
    const known = this.#client.inventory.items.get(item.uid);
    if (known === undefined) {
      throw new Error(`${kindOf(item)} "${item.name}" is gone`);
    }
    return known;
  }

  async #withContainer(item: Template, make: (container: string, image: string) => Action): Promise<Action> {
    const template = await this.#templateOf(item);
    const container = template.spec?.containers?.[0];
    if (container === undefined) {
      throw new Error(`${item.kind} "${item.name}" has no container`);
    }
    return make(container.name, container.image);
  }

  async #templateOf(item: Item): Promise<PodTemplate> {
    const response = await this.#client.fetch(resourcePath(item), {
      headers: { Accept: "application/json" },
    });
    const object = JSON.parse(await bodyOf(response)) as { spec: { template: PodTemplate } };
    return object.spec.template;
  }

  async #send(item: Item, action: Action): Promise<string> {
    const response = await this.#client.fetch(resourcePath(this.#current(item)) + action.subresource, {
      method: action.method,
      headers: { "Content-Type": action.contentType, Accept: "application/json" },
      ...(action.body === undefined ? {} : { body: JSON.stringify(action.body) }),
    });
    await bodyOf(response);
    return action.command;
  }
}

function undoLabel(set: ReplicaSetItem, text: Text): string {
  const images = set.images.map((image) => image.slice(image.lastIndexOf("/") + 1)).join(", ");
  return `${text.actions.undoTo(set.revision)} · ${images}`;
}
