import type { Client } from "../../client/client.ts";
import { kindOf } from "../../client/resources.ts";
import { SCAFFOLDS } from "../../editor/scaffolds.ts";
import { LANGUAGE_NAMES, LANGUAGES, type Language } from "../../language/language.ts";
import type { Text } from "../../language/text.ts";
import { isDistant } from "../../loading/files.ts";
import type { Operation, Operations } from "../../operations/operations.ts";
import type { Item } from "../../protocol/topology.ts";
import { THEMES, type Theme } from "../frame/theme.ts";
import type { KeyAction } from "./keys.ts";
import type { Command } from "./matching.ts";

/** The page's actions for the palette. */
export interface PageActions {
  act(action: KeyAction): void;
  apply(): void;
  review(): void;
  insert(kind: string): void;
  inspect(item: Item): void;
  operate(item: Item, operation: Operation): void;
  setTheme(theme: Theme): void;
  setLanguage(language: Language): void;
  lesson(): void;
  demo(): void;
  reality(): void;
  about(): void;
  clusters(): void;
  share(): void;
  reset(): void;
}

export interface PageCommandOptions {
  readonly text: Text;
  readonly client: Client;
  /** Leaves out what changes the cluster or the text. */
  readonly readOnly: boolean;
  readonly operations: Operations;
  readonly actions: PageActions;
  keyOf(action: KeyAction): string;
}

/** Kinds whose objects are offered, in this order: those that a reader changes. */
const KINDS = [
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicationController",
  "Job",
  "CronJob",
  "Node",
  "Service",
  "HorizontalPodAutoscaler",
  "PodDisruptionBudget",
  "PersistentVolumeClaim",
  "PersistentVolume",
  "CustomResource",
  "Pod",
];

/** All commands available now: for the clock, the editor, each object, the views, the page itself. */
export function pageCommands(options: PageCommandOptions): Command[] {
  const { text, client, readOnly, operations, actions, keyOf } = options;
  const words = text.palette;
  const keys = text.shortcuts.actions;
  const key = (group: string, action: KeyAction): Command => ({
    group,
    label: keys[action],
    key: keyOf(action),
    run: () => actions.act(action),
  });
  const { clock, view, editor, page } = words.groups;
  const plain = (group: string, label: string, run: () => void): Command => ({ group, label, run });
  const names = (["pause", "step", "skip", "slower", "faster"] as const).map((action) => key(clock, action));
  const views = (["editor", "diagram", "timeline", "events", "terminal", "details"] as const).map((action) =>
    key(view, action),
  );
  const changing = (commands: Command[]) => (readOnly ? [] : commands);
  return [
    ...names,
    ...changing([
      plain(editor, words.apply, () => actions.apply()),
      plain(editor, words.review, () => actions.review()),
    ]),
    // While an earlier moment is shown, nothing can be changed.
    ...(client.past === undefined ? objectCommands(client, operations, text, actions) : []),
    ...views,
    plain(view, text.lessonTab, () => actions.lesson()),
    ...changing([
      ...SCAFFOLDS.map(({ kind }) => plain(editor, words.insert(kind), () => actions.insert(kind))),
      plain(page, text.showRollout, () => actions.demo()),
    ]),
    plain(page, text.realTitle, () => actions.reality()),
    plain(page, text.about.title, () => actions.about()),
    plain(page, text.storage.open, () => actions.clusters()),
    ...(isDistant ? [plain(page, text.sharing.title, () => actions.share())] : []),
    { ...key(page, "help"), label: text.shortcuts.open },
    ...THEMES.map((theme) => plain(page, words.themes[theme], () => actions.setTheme(theme))),
    ...LANGUAGES.map((language) =>
      plain(page, words.chooseLanguage(LANGUAGE_NAMES[language]), () => actions.setLanguage(language)),
    ),
    ...changing([plain(page, text.reset, () => actions.reset())]),
  ];
}

function objectCommands(client: Client, operations: Operations, text: Text, actions: PageActions): Command[] {
  const items = [...client.inventory.items.values()].filter(({ kind }) => KINDS.includes(kind));
  items.sort(
    (one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) || (one.name < other.name ? -1 : 1),
  );
  return items.flatMap((item) => {
    const namespace = item.namespace === "" || item.namespace === "default" ? "" : `${item.namespace}/`;
    const group = `${kindOf(item)} ${namespace}${item.name}`;
    return [
      { group, label: text.palette.inspect, run: () => actions.inspect(item) },
      ...operations.of(item, text).map((operation) => ({
        group,
        label: operation.group === "undo" ? `${text.actions.undo}: ${operation.label}` : operation.label,
        run: () => actions.operate(item, operation),
      })),
    ];
  });
}
