/**
 * What a runnable block of a lesson does on a click, as its author wrote it in
 * `data-action`: one action or an array of them, as JSON.
 */
export type Action =
  /** Applies the YAML block with this `data-file`. */
  | { readonly action: "apply"; readonly file: string }
  | { readonly action: "patch"; readonly path: string; readonly contentType: string; readonly body: unknown }
  /** Gets the objects at the path as a table and shows it. */
  | { readonly action: "show"; readonly path: string };

/** Throws an Error that says what is wrong with the text. */
export function parseActions(json: string): Action[] {
  const value: unknown = JSON.parse(json);
  return (Array.isArray(value) ? value : [value]).map(parseAction);
}

function parseAction(value: unknown): Action {
  const kind = textField(value, "action");
  switch (kind) {
    case "apply":
      return { action: "apply", file: textField(value, "file") };
    case "patch":
      return {
        action: "patch",
        path: pathField(value),
        contentType: textField(value, "contentType"),
        body: field(value, "body"),
      };
    case "show":
      return { action: "show", path: pathField(value) };
    default:
      throw new Error(`unknown action ${JSON.stringify(kind)}`);
  }
}

/** A path of the API and of nothing else. */
function pathField(value: unknown): string {
  const path = textField(value, "path");
  if (!/^\/apis?\//.test(path)) {
    throw new Error(`path ${JSON.stringify(path)} is not one of the API`);
  }
  return path;
}

function textField(value: unknown, name: string): string {
  const text = field(value, name);
  if (typeof text !== "string") {
    throw new Error(`${name} of an action must be a text`);
  }
  return text;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
