/** A change of the text from `from` to `to`, both offsets. */
export interface Edit {
  readonly kind: "image" | "replicas";
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  /** The old and the new text, as the button shows them. */
  readonly before: string;
  readonly after: string;
}

/** Suggestions of what to try next with the text: the other image version, another number of replicas. */
export function suggestEdits(yaml: string): Edit[] {
  return [imageEdit(yaml), replicasEdit(yaml)].filter((edit) => edit !== undefined);
}

/** The images of the walk-through have the tags v1 and v2. */
function imageEdit(yaml: string): Edit | undefined {
  const match = /^[ \t]*(?:- +)?image:[ \t]*["']?[^\s"'#]+:(v[12])(?=["']?[ \t]*(?:#.*)?$)/m.exec(yaml);
  const before = match?.[1];
  if (match === null || before === undefined) {
    return undefined;
  }
  const to = match.index + match[0].length;
  const after = before === "v1" ? "v2" : "v1";
  return { kind: "image", from: to - before.length, to, insert: after, before, after };
}

function replicasEdit(yaml: string): Edit | undefined {
  const match = /^[ \t]*replicas:[ \t]*(\d+)(?=[ \t]*(?:#.*)?$)/m.exec(yaml);
  const before = match?.[1];
  if (match === null || before === undefined) {
    return undefined;
  }
  const to = match.index + match[0].length;
  const count = Number(before);
  const after = String(count < 3 ? 3 : count < 10 ? 10 : 3);
  return { kind: "replicas", from: to - before.length, to, insert: after, before, after };
}

/** 1-based line on which the document with this index begins; a document without content does not count. */
export function documentLine(yaml: string, index: number): number {
  let remaining = index;
  let start: number | undefined;
  const lines = yaml.split("\n");
  for (const [number, line] of lines.entries()) {
    if (/^---(?:\s|$)/.test(line)) {
      start = undefined;
    } else if (start === undefined && /^\s*[^#\s]/.test(line)) {
      start = number + 1;
      if (remaining === 0) {
        return start;
      }
      remaining--;
    }
  }
  return 1;
}
