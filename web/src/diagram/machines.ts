import type { Density, Machine } from "./arrangement.ts";
import { gridOf, layPods, PADDING, type Rectangle, type Sheet } from "./scene.ts";

const GAP = 14;
const INSET = 12;
const HEAD_HEIGHT = 44;
/** A panel is at least so wide, by the size of its pods. */
const LEAST_WIDTH: Readonly<Record<Density, number>> = { large: 190, medium: 224, small: 200 };

/** The nodes as panels that hold their pods, in rows of equal height; returns their bottom. */
export function layMachines(
  sheet: Sheet,
  machines: readonly Machine[],
  density: Density,
  width: number,
  top: number,
): number {
  const inner = width - 2 * PADDING;
  const perRow = Math.max(
    1,
    Math.min(machines.length, Math.floor((inner + GAP) / (LEAST_WIDTH[density] + GAP))),
  );
  const panelWidth = (inner - (perRow - 1) * GAP) / perRow;
  let bottom = top;
  for (let first = 0; first < machines.length; first += perRow) {
    const row = machines.slice(first, first + perRow);
    const rowTop = first === 0 ? top : bottom + GAP;
    const areas = row.map((machine, column) => {
      const x = PADDING + column * (panelWidth + GAP);
      return {
        machine,
        x,
        grid: gridOf(machine.length, density, { x: x + INSET, width: panelWidth - 2 * INSET }),
      };
    });
    const most = Math.max(0, ...areas.map(({ grid }) => grid.height));
    const height = HEAD_HEIGHT + (most > 0 ? most + INSET : 0);
    for (const { machine, x, grid } of areas) {
      const rectangle = { x, y: rowTop, width: panelWidth, height };
      layMachine(sheet, machine, density, rectangle, grid);
    }
    bottom = rowTop + height;
  }
  return bottom;
}

function layMachine(
  sheet: Sheet,
  machine: Machine,
  density: Density,
  rectangle: Rectangle,
  grid: ReturnType<typeof gridOf>,
): void {
  sheet.panels.push({ key: `panel:${machine.key}`, ...rectangle });
  const parent = `node:${machine.key}`;
  const head = { ...rectangle, height: HEAD_HEIGHT, key: parent, parent: "" };
  sheet.boxes.push(
    machine.node === null
      ? { type: "unscheduled", count: machine.pods.length, ...head }
      : { type: "node", item: machine.node, ...head },
  );
  layPods(sheet, { key: machine.key, pods: machine.pods, wanted: [] }, grid, rectangle.y + HEAD_HEIGHT, {
    parent,
    density,
    prefix: undefined,
  });
}
