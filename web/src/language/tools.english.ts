/** The texts of page-wide tools: keys, the command palette, the about panel. */
export const englishShortcuts = {
  title: "Keyboard",
  open: "Keyboard shortcuts",
  intro: "Press a key's button to give its action another key.",
  single: "Single keys act",
  singleHint: "They do nothing while you type in a field.",
  actions: {
    pause: "Pause or go on",
    step: "Step to the next change",
    skip: "Skip until everything is settled",
    slower: "Slower",
    faster: "Faster",
    palette: "All commands",
    editor: "Go to the editor",
    diagram: "Go to the diagram",
    timeline: "Go to the timeline",
    events: "Go to the events",
    terminal: "Go to the terminal",
    details: "Go to the details",
    help: "This sheet",
  },
  change: (action: string, key: string) =>
    key === "" ? `${action}: no key. Change` : `${action}: ${key}. Change`,
  press: "…",
  recording: (action: string) =>
    `Press the new key for "${action}". Escape leaves it, Backspace takes it away.`,
  taken: (key: string, action: string) => `${key} is taken: "${action}". Press another key.`,
  changed: (action: string, key: string) => (key === "" ? `${action}: no key.` : `${action}: ${key}.`),
  reset: "All as at first",
  wereReset: "All keys are as at first.",
  move: "Move between objects of the diagram",
  choose: "Show the details of an object",
  panes: "Go from pane to pane",
  close: "Close",
};

export const englishPalette = {
  title: "All commands",
  open: "All commands (Ctrl+K)",
  placeholder: "What would you like to do?",
  none: "No command has these words.",
  count: (count: number) => (count === 1 ? "1 command" : `${count} commands`),
  groups: { clock: "Clock", view: "View", editor: "Editor", page: "Page" },
  apply: "Apply",
  review: "Show what Apply would change",
  insert: (kind: string) => `Insert a ${kind}`,
  inspect: "Details",
  themes: { auto: "Theme: automatic", light: "Theme: light", dark: "Theme: dark" },
  chooseLanguage: (language: string) => `Language: ${language}`,
};

export const englishAbout = {
  title: "About Tabernetes",
  open: "About",
  intro:
    "The control plane of Kubernetes in a browser tab, for learning. Nothing leaves this browser: no account, no server, no measuring.",
  oneFile:
    "This page is one file: control plane, kubectl, images and lessons are in it, and its policy allows no request. What you do is kept in this browser, for pages opened from its disk, as the line at the bottom says. To go on elsewhere, export the cluster.",
  controlPlane: "Control plane module",
  modules: (count: number) => `The ${count} modules in it`,
  licence:
    "Tabernetes is free software under the Apache License 2.0. Kubernetes is a trademark of The Linux Foundation; this project is not part of it.",
  licences: "Licences of all parts",
  guide: "Course, teaching, embedding, hosting",
  guidePage: "en/index.html",
  ownLicence: "Apache License 2.0",
  notice: "Notice",
};
