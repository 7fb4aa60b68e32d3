import type { englishPast, englishTimeline } from "./timeline.english.ts";

export const chineseTimeline: typeof englishTimeline = {
  tab: "时间线",
  title: (name) => `${name} 的时间线`,
  empty: "有了 Deployment 之后，这里会按集群时间画出它的 Pod。",
  deployment: "Deployment",
  range: "范围",
  ranges: { rollout: "最近一次变更", all: "全部" },
  table: "表格",
  chart: "图表",
  floor: (count) => `至少 ${count}`,
  ceiling: (count) => `最多 ${count}`,
  available: "可用",
  unavailable: "不可用",
  revision: (revision) => `版本 ${revision}`,
  time: "时间",
  happened: "发生了什么",
  who: "由谁",
  you: "你或其他客户端",
  at: (time, total, available, floor, ceiling) =>
    `${time}：${total} 个 Pod（最多 ${ceiling}），可用 ${available} 个（至少 ${floor}）`,
  set: (revision, available, total) => `版本 ${revision}：${total} 个中可用 ${available} 个`,
  help: "在图上拖动，或用左右方向键逐个查看变化，即可回看当时的情形。按 Escape 回到现在。",
  answered: (count) => `成功 ${count}`,
  failed: (count) => `失败 ${count}`,
  inSecond: (requests) => `这一秒的请求：${requests}`,
  changes: {
    created: "创建 Deployment",
    image: "更换镜像",
    template: "修改 Pod 模板",
    replicas: "伸缩",
    paused: "暂停更新",
    resumed: "恢复更新",
    other: "修改 spec",
    deleting: "开始删除",
  },
};

export const chinesePast: typeof englishPast = {
  looking: (time, ago) => `你正在看 ${time} 的集群（${ago}之前）。`,
  goesOn: "集群仍在继续运行；过去的状态不能修改。",
  back: "回到现在",
  continueHere: "从这里继续",
  continuing: "正在回退…",
  continued: (time) => `集群已回到 ${time} 的状态，并从那里继续。`,
  whyNow: "“为什么”只针对现在。",
};
