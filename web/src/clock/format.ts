/** The rates that the page offers, in cluster seconds per host second. */
export const RATES: readonly number[] = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 100];

/** A rate without needless digits: `0.25`, `3.7`, `37`, `1500`. */
export function formatRate(rate: number): string {
  if (rate >= 100) {
    return String(Math.round(rate));
  }
  return String(rate >= 10 ? Math.round(rate) : Number(rate.toPrecision(2)));
}

/** Whether the machine falls so far behind the asked rate that the page should say so. */
export function lags(rate: number, effectiveRate: number): boolean {
  return Number.isFinite(rate) && effectiveRate > 0 && effectiveRate < rate * 0.9;
}

/** Date and time of day in UTC, which is the cluster's own zone. */
export function formatTime(milliseconds: number): { date: string; time: string } {
  const iso = new Date(milliseconds).toISOString();
  return { date: iso.slice(0, 10), time: iso.slice(11, 19) };
}
