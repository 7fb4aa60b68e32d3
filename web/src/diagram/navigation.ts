import type { Box } from "./scene.ts";

/** The direction of an arrow key. */
export type Move = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" | "Home" | "End";

const MOVES: ReadonlySet<string> = new Set<Move>([
  "ArrowUp",
  "ArrowDown",
  "ArrowLeft",
  "ArrowRight",
  "Home",
  "End",
]);

export function isMove(key: string): key is Move {
  return MOVES.has(key);
}

/**
 * Key of the box that a move from box `from` reaches, or `from` when there is
 * none that way. Moves go by what the eye sees: the nearest box in that
 * direction, where straying from the line counts double.
 */
export function moveFrom(boxes: readonly Box[], from: string, move: Move): string {
  const start = boxes.find((box) => box.key === from);
  if (start === undefined || move === "Home") {
    return boxes[0]?.key ?? from;
  }
  if (move === "End") {
    return boxes.at(-1)?.key ?? from;
  }
  let best = from;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const box of boxes) {
    const distance = box.key === from ? Number.POSITIVE_INFINITY : distanceTo(start, box, move);
    if (distance < bestDistance) {
      best = box.key;
      bestDistance = distance;
    }
  }
  return best;
}

/** Infinite when `other` is not that way. */
function distanceTo(start: Box, other: Box, move: Exclude<Move, "Home" | "End">): number {
  const right = other.x - (start.x + start.width);
  const left = start.x - (other.x + other.width);
  const below = other.y - (start.y + start.height);
  const above = start.y - (other.y + other.height);
  const [along, across] =
    move === "ArrowRight"
      ? [right, Math.max(above, below)]
      : move === "ArrowLeft"
        ? [left, Math.max(above, below)]
        : move === "ArrowDown"
          ? [below, Math.max(left, right)]
          : [above, Math.max(left, right)];
  // Boxes that touch or overlap by less than a pixel still count as beside each other.
  return along < -1 ? Number.POSITIVE_INFINITY : along + 2 * Math.max(0, across) + tieBreak(start, other);
}

/** Among equals, the one whose top left is nearest. */
function tieBreak(start: Box, other: Box): number {
  return (Math.abs(start.x - other.x) + Math.abs(start.y - other.y)) / 10_000;
}
