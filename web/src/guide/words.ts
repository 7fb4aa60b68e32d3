import type { Language } from "../language/language.ts";

/** The words that the guide's script says; those of the pages are theirs. */
export interface Words {
  readonly copy: string;
  readonly copied: string;
  readonly selected: string;
  readonly hero: {
    next(image: string): string;
    readonly broken: string;
    readonly undo: string;
    /** What a button does, as a command. */
    readonly same: string;
    /** When the cluster is ready and has nothing yet. */
    readonly asked: string;
    /** While the first version's pods are made. */
    starting(image: string, available: number, wanted: number): string;
    started(image: string, wanted: number, next: string): string;
    rolling(image: string, updated: number, available: number, wanted: number): string;
    done(image: string, fewest: number, wanted: number): string;
    stuck(image: string): string;
    readonly trouble: string;
  };
}

export const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    copy: "Copy",
    copied: "Copied",
    selected: "Selected: copy with the keyboard",
    hero: {
      next: (image) => `Roll out ${image}`,
      broken: "A version that does not exist",
      undo: "Undo",
      same: "The same as",
      asked: "The cluster is ready and its nodes are empty. It is asked for a Deployment.",
      starting: (image, available, wanted) =>
        `The Deployment makes ${wanted} Pods. Each is given a node, pulls ${image} and starts. ${available} of ${wanted} answer.`,
      started: (image, wanted, next) =>
        `All ${wanted} Pods run ${image}. Next they are replaced by Pods with ${next}, a few at a time.`,
      rolling: (image, updated, available, wanted) =>
        `${updated} of ${wanted} Pods have ${image}. ${available} of ${wanted} answer.`,
      done: (image, fewest, wanted) =>
        `Done: all Pods run ${image}. At every moment at least ${fewest} of ${wanted} answered.`,
      stuck: (image) =>
        `There is no ${image}. The new Pods never get ready, so the Deployment keeps the old ones, and nobody notices.`,
      trouble: "Something went wrong here:",
    },
  },
  zh: {
    copy: "复制",
    copied: "已复制",
    selected: "已选中：请用键盘复制",
    hero: {
      next: (image) => `发布 ${image}`,
      broken: "一个不存在的版本",
      undo: "撤销",
      same: "等同于",
      asked: "集群已就绪，节点上还没有 Pod。现在请它创建一个 Deployment。",
      starting: (image, available, wanted) =>
        `Deployment 创建 ${wanted} 个 Pod。每个 Pod 先分到节点，再拉取 ${image}，然后启动。${wanted} 个中有 ${available} 个可以应答。`,
      started: (image, wanted, next) =>
        `${wanted} 个 Pod 都已运行 ${image}。接下来会分批换成 ${next} 的 Pod。`,
      rolling: (image, updated, available, wanted) =>
        `${wanted} 个 Pod 中已有 ${updated} 个是 ${image}，有 ${available} 个可以应答。`,
      done: (image, fewest, wanted) =>
        `完成：所有 Pod 都已运行 ${image}。其间任何时刻，${wanted} 个中至少有 ${fewest} 个可以应答。`,
      stuck: (image) => `${image} 并不存在。新 Pod 一直无法就绪，Deployment 便保留旧 Pod，用户毫无察觉。`,
      trouble: "这里出了问题：",
    },
  },
};
