/** How much of something is there: a share of a number of bytes, or megabytes where that number is not known. */
export function loaded(bytes: number, total?: number): string {
  return total === undefined
    ? `${(bytes / 1_000_000).toFixed(1)} MB`
    : `${Math.min(100, Math.floor((100 * bytes) / total))}%`;
}
