export interface DiffLine {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** The most lines of one side that are compared; the rest would make the page wait. */
const MOST_LINES = 1500;

/** The lines of two texts, by their longest common subsequence. */
export function diffLines(before: string, after: string): DiffLine[] {
  const one = before.split("\n").slice(0, MOST_LINES);
  const other = after.split("\n").slice(0, MOST_LINES);
  const width = other.length + 1;
  const common = new Uint16Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      common[i * width + j] =
        one[i] === other[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < one.length || j < other.length) {
    const left = one[i];
    const right = other[j];
    if (left !== undefined && left === right) {
      lines.push({ sign: " ", text: left });
      i++;
      j++;
    } else if (
      right === undefined ||
      (left !== undefined && (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    ) {
      lines.push({ sign: "-", text: left ?? "" });
      i++;
    } else {
      lines.push({ sign: "+", text: right });
      j++;
    }
  }
  return lines;
}

/** The part `spec.template` of an object's YAML as the API server writes it, with its own indent taken away. */
export function templateOf(yaml: string): string {
  const lines = yaml.split("\n");
  const begin = lines.indexOf("  template:");
  if (begin === -1) {
    return "";
  }
  const kept: string[] = [];
  for (const line of lines.slice(begin + 1)) {
    if (!line.startsWith("    ")) {
      break;
    }
    if (!line.includes("pod-template-hash:")) {
      kept.push(line.slice(4));
    }
  }
  return kept.join("\n");
}
