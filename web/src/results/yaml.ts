/**
 * The YAML of one object without `metadata.managedFields`, which kubectl leaves
 * out too. It relies on how the API server writes YAML: two spaces an indent, and
 * the dashes of a sequence in the column of its key.
 */
export function withoutManagedFields(yaml: string): string {
  const kept: string[] = [];
  let inside = false;
  for (const line of yaml.split("\n")) {
    if (inside && (/^ {3,}/.test(line) || line.startsWith("  - "))) {
      continue;
    }
    inside = line === "  managedFields:";
    if (!inside) {
      kept.push(line);
    }
  }
  return kept.join("\n").trimEnd();
}

export interface Fragment {
  readonly text: string;
  readonly part: "key" | "value" | "plain";
}

/** A line of YAML in its parts, for colouring. */
export function fragmentsOf(line: string): Fragment[] {
  const match = /^(\s*(?:- )*)([\w./"$-]+:)(\s.*)?$/.exec(line);
  if (match === null) {
    return [{ text: line, part: "plain" }];
  }
  const [, indent = "", key = "", value = ""] = match;
  const fragments: Fragment[] = [
    { text: indent, part: "plain" },
    { text: key, part: "key" },
    { text: value, part: "value" },
  ];
  return fragments.filter((fragment) => fragment.text !== "");
}
