/** One thing that the page can do. */
export interface Command {
  readonly label: string;
  /** What it belongs to, such as the clock, or the object that it changes. */
  readonly group: string;
  /** The chord that does it as well. */
  readonly key?: string;
  run(): void;
}

/** The commands that have every word of the query, in label or group; those whose label begins so first. */
export function matching(commands: readonly Command[], query: string): readonly Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    return commands;
  }
  return commands
    .map((command) => ({ command, rank: rankOf(command, words) }))
    .filter(({ rank }) => rank > 0)
    .sort((one, other) => other.rank - one.rank)
    .map(({ command }) => command);
}

function rankOf({ label, group }: Command, words: readonly string[]): number {
  const name = label.toLowerCase();
  const whole = `${group} ${label}`.toLowerCase();
  let rank = 1;
  for (const word of words) {
    if (!whole.includes(word)) {
      return 0;
    }
    if (name.startsWith(word)) {
      rank += 3;
    } else if (name.includes(` ${word}`)) {
      rank += 2;
    } else if (name.includes(word)) {
      rank += 1;
    }
  }
  return rank;
}
