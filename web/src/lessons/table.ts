/** An answer of the API with `as=Table`, reduced to the columns that kubectl shows without -o wide. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What to ask with, so that the API answers with a table. */
export const TABLE_ACCEPT = "application/json;as=Table;v=v1;g=meta.k8s.io";

/** Reads a meta.k8s.io/v1 Table. Throws when it is none. */
export function readTable(json: string): Table {
  const value = JSON.parse(json) as {
    kind?: unknown;
    columnDefinitions?: readonly { name: string; priority?: number }[];
    rows?: readonly { cells: readonly unknown[] }[];
  };
  if (value.kind !== "Table" || value.columnDefinitions === undefined) {
    throw new Error(`the answer is a ${String(value.kind)} and no table`);
  }
  const shown = value.columnDefinitions.flatMap((column, index) =>
    (column.priority ?? 0) === 0 ? [{ name: column.name, index }] : [],
  );
  return {
    columns: shown.map((column) => column.name),
    rows: (value.rows ?? []).map((row) => shown.map((column) => cellText(row.cells[column.index]))),
  };
}

function cellText(cell: unknown): string {
  return cell === null || cell === undefined
    ? ""
    : typeof cell === "object"
      ? JSON.stringify(cell)
      : String(cell);
}
