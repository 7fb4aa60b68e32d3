/** One thing that the page can do. */
export interface Command {
  readonly label: string;
  /** The heading it belongs under, such as the clock, or the object that it changes. */
  readonly group: string;
  /** The chord that also runs it. */
  readonly key?: string;
  run(): void;
}

/** The commands with every word of the query in their label or group; those whose label begins with it come first. */
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
