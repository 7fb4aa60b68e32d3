import type { englishAbout, englishPalette, englishShortcuts } from "./tools.english.ts";

/** 整个页面共用的文字：按键、命令面板、关于。 */
export const chineseShortcuts: typeof englishShortcuts = {
  title: "键盘",
  open: "键盘快捷键",
  intro: "点击按键按钮，可以为该操作换一个键。",
  single: "启用单键快捷键",
  singleHint: "在输入框中打字时不起作用。",
  actions: {
    pause: "暂停或继续",
    step: "走到下一个变化",
    skip: "快进到一切稳定",
    slower: "更慢",
    faster: "更快",
    palette: "所有命令",
    editor: "转到编辑器",
    diagram: "转到集群图",
    timeline: "转到时间线",
    events: "转到事件",
    terminal: "转到终端",
    details: "转到详情",
    help: "这张表",
  },
  change: (action, key) => (key === "" ? `${action}：未设按键。更改` : `${action}：${key}。更改`),
  press: "…",
  recording: (action) => `请按“${action}”的新按键。Escape 保持不变，Backspace 取消按键。`,
  taken: (key, action) => `${key} 已用于“${action}”。请换一个键。`,
  changed: (action, key) => (key === "" ? `${action}：未设按键。` : `${action}：${key}。`),
  reset: "全部恢复默认",
  wereReset: "所有按键已恢复默认。",
  move: "在集群图的对象之间移动",
  choose: "显示对象的详情",
  panes: "在各面板之间切换",
  close: "关闭",
};

export const chinesePalette: typeof englishPalette = {
  title: "所有命令",
  open: "所有命令 (Ctrl+K)",
  placeholder: "想做什么？",
  none: "没有匹配的命令。",
  count: (count) => `${count} 条命令`,
  groups: { clock: "时钟", view: "视图", editor: "编辑器", page: "页面" },
  apply: "应用",
  review: "查看应用后会改变什么",
  insert: (kind) => `插入 ${kind}`,
  inspect: "详情",
  themes: { auto: "主题：自动", light: "主题：浅色", dark: "主题：深色" },
  chooseLanguage: (language) => `语言：${language}`,
};

export const chineseAbout: typeof englishAbout = {
  title: "关于 Tabernetes",
  open: "关于",
  intro:
    "在浏览器标签页里运行的 Kubernetes 控制平面，用于学习。没有账号、没有服务器、没有统计，数据不会离开此浏览器。",
  oneFile:
    "此页面是单个文件：控制平面、kubectl、镜像和课程都在其中，其安全策略不允许任何网络请求。您的操作保存在此浏览器中，供从磁盘打开的页面使用，保存状态见页面底部。要在别处继续，请导出集群。",
  controlPlane: "控制平面模块",
  modules: (count) => `其中的 ${count} 个模块`,
  licence:
    "Tabernetes 是采用 Apache License 2.0 的自由软件。Kubernetes 是 The Linux Foundation 的商标，本项目不隶属于它。",
  licences: "所有组成部分的许可证",
  guide: "课程、教学、嵌入与部署",
  guidePage: "zh/index.html",
  ownLicence: "Apache License 2.0",
  notice: "声明 (NOTICE)",
};
