import type { Text } from "./text.ts";

export const chineseEmbedding: Text["embedding"] = {
  title: "Kubernetes 演练场",
  poster: "起始内容",
  start: "启动",
  startLabel: (title) => `启动：${title}`,
  intro: "真正的 Kubernetes 控制平面，就在此页面中运行：无需服务器，无需账号。",
  cost: (megabytes) => `首次加载 ${megabytes} MB`,
  replicas: (count) => `${count} 个 Pod`,
  more: (count) => `还有 ${count} 个`,
  emptyCluster: "一个有三个节点的空集群",
  savedCluster: "一个已保存的集群",

  wholePage: "在单独的标签页中打开",
  resting: "另一个演练场正在运行，此处暂停。状态已保留。",
  goOn: "继续",
  goesOn: "正在恢复…",
  refused: {
    foreign: (address) => `未加载：${address} 来自其他来源。演练场只从所在页面或本站的文件启动。`,
    missing: (address, reason) => `未加载：${address}：${reason}`,
    large: (what, most) => `已拒绝：${what} 超过 ${most}。`,
    state: (reason) => `无法打开该状态：${reason}`,
    parameter: (name, value) => `已拒绝：${name}="${value}" 没有意义。`,
  },
};
