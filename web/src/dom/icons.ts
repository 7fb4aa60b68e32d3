import { svg } from "./element.ts";

/** Line drawings for buttons, 20 by 20, in the colour of the text. */
const PATHS = {
  pause: "M7 4.5V15.5M13 4.5V15.5",
  resume: "M6.5 4.2L15.5 10L6.5 15.8Z",
  step: "M5 4.2L12.5 10L5 15.8ZM15.5 4.5V15.5",
  skip: "M3 4.8L9.5 10L3 15.2ZM9.5 4.8L16 10L9.5 15.2ZM17.2 4.8V15.2",
  sun: "M10 6.8A3.2 3.2 0 1 1 10 13.2A3.2 3.2 0 1 1 10 6.8ZM10 2V3.6M10 16.4V18M2 10H3.6M16.4 10H18M4.4 4.4L5.5 5.5M14.5 14.5L15.6 15.6M15.6 4.4L14.5 5.5M5.5 14.5L4.4 15.6",
  moon: "M16.2 12.2A6.8 6.8 0 0 1 7.8 3.8A6.8 6.8 0 1 0 16.2 12.2Z",
  contrast: "M10 3A7 7 0 1 1 10 17A7 7 0 1 1 10 3ZM10 3V17M10 6.5L14.8 5M10 10H17M10 13.5L14.8 15",
  question:
    "M10 2.8A7.2 7.2 0 1 1 10 17.2A7.2 7.2 0 1 1 10 2.8ZM7.8 8A2.2 2.2 0 1 1 10 10.4V11.4M10 13.8V13.9",
  reset: "M4.2 10A5.8 5.8 0 1 0 6.1 5.7M4 3.4L6 5.9L3.2 7.2",
  history: "M4.2 10A5.8 5.8 0 1 0 6.1 5.7M3.6 3.8L4.2 7L7.3 6.4M10 6.8V10.2L12.2 11.6",
  close: "M5.5 5.5L14.5 14.5M14.5 5.5L5.5 14.5",
  warning: "M10 3L17.5 16H2.5ZM10 8V11.4M10 13.6V13.7",
  keyboard: "M2.8 5.2H17.2V14.8H2.8ZM5.6 8.2H5.7M8.5 8.2H8.6M11.4 8.2H11.5M14.3 8.2H14.4M6.4 11.8H13.6",
  clusters:
    "M10 3C13.6 3 16.2 4.1 16.2 5.5C16.2 6.9 13.6 8 10 8C6.4 8 3.8 6.9 3.8 5.5C3.8 4.1 6.4 3 10 3ZM3.8 5.5V14.5C3.8 15.9 6.4 17 10 17C13.6 17 16.2 15.9 16.2 14.5V5.5M3.8 10C3.8 11.4 6.4 12.5 10 12.5C13.6 12.5 16.2 11.4 16.2 10",
  add: "M10 4V16M4 10H16",
  rename: "M4 16L4.6 13L13.2 4.4L15.6 6.8L7 15.4ZM11.6 6L14 8.4",
  delete: "M4 5.5H16M8 5.5V3.5H12V5.5M5.5 5.5L6.3 16.5H13.7L14.5 5.5M8.5 8.5V13.5M11.5 8.5V13.5",
  undo: "M7.5 4.5L3.5 8.5L7.5 12.5M3.8 8.5H12A4.2 4.2 0 0 1 12 16.5H9",
  redo: "M12.5 4.5L16.5 8.5L12.5 12.5M16.2 8.5H8A4.2 4.2 0 0 0 8 16.5H11",
  palette: "M4 5.5H16M4 10H16M4 14.5H10",
  info: "M10 2.8A7.2 7.2 0 1 1 10 17.2A7.2 7.2 0 1 1 10 2.8ZM10 9V14M10 6.2V6.3",
  open: "M8.5 4H4V16H16V11.5M11.5 4H16V8.5M15.8 4.2L9 11",
  check: "M4.5 10.5L8.5 14.5L15.5 6",
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): SVGSVGElement {
  return svg(
    "svg",
    { class: "button-icon", viewBox: "0 0 20 20", width: 18, height: 18, "aria-hidden": "true" },
    svg("path", { d: PATHS[name] }),
  );
}
