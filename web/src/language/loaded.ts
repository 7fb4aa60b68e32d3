/** How much has been loaded: a share of the total, or megabytes if the total is not known. */
export function loaded(bytes: number, total?: number): string {
  return total === undefined
    ? `${(bytes / 1_000_000).toFixed(1)} MB`
    : `${Math.min(100, Math.floor((100 * bytes) / total))}%`;
}
