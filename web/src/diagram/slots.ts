/** Place in a lane's grid by pod UID. */
export type Slots = ReadonlyMap<string, number>;

/**
 * Gives each pod a place. One that has a place keeps it; a new one takes the
 * lowest that is free. Only when most of the grid is holes (after a scale-down
 * of many) do the pods close up, in their order.
 */
export function assignSlots(previous: Slots, uids: readonly string[]): Slots {
  const slots = new Map<string, number>();
  const taken = new Set<number>();
  for (const uid of uids) {
    const slot = previous.get(uid);
    if (slot !== undefined) {
      slots.set(uid, slot);
      taken.add(slot);
    }
  }
  let free = 0;
  for (const uid of uids) {
    if (slots.has(uid)) {
      continue;
    }
    while (taken.has(free)) {
      free++;
    }
    slots.set(uid, free);
    taken.add(free);
  }
  return usedLength(slots) > 2 * slots.size + ROOMY_HOLES ? closedUp(slots) : slots;
}

/** One more than the highest slot in use. */
export function usedLength(slots: Slots): number {
  let length = 0;
  for (const slot of slots.values()) {
    length = Math.max(length, slot + 1);
  }
  return length;
}

/** Holes that are always bearable: a small grid never closes up. */
const ROOMY_HOLES = 8;

function closedUp(slots: Slots): Slots {
  const inOrder = [...slots].sort(([, one], [, other]) => one - other);
  return new Map(inOrder.map(([uid], slot) => [uid, slot]));
}
