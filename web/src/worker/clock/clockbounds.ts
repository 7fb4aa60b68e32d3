/** Cluster seconds per host second that may be asked for, besides Infinity. */
const MINIMUM_RATE = 0.1;
const MAXIMUM_RATE = 100;

/** Host time for which the clock may run timers before the event loop gets its turn: a pause during a skip takes effect after this and one turn of Go. */
export const SLICE_MILLISECONDS = 12;
/** How far behind the asked rate the clock may be and still catch up, in host time. A longer lag is dropped: the clock falls behind rather than leaping. */
export const MAXIMUM_LAG_MILLISECONDS = 100;
/** Host time between two reports while time passes. */
export const REPORT_MILLISECONDS = 250;
/** Cluster time after which a skip that never finds the cluster settled ends (a container that crashes for ever never settles). */
export const SKIP_LIMIT_MILLISECONDS = 60 * 60 * 1000;
/** Cluster time after which a step that changes nothing ends. Longer than any back-off in upstream (5 minutes). */
export const STEP_LIMIT_MILLISECONDS = 15 * 60 * 1000;

/** Returns the rate; throws a RangeError for one out of bounds. */
export function validRate(rate: number): number {
  if (rate === Number.POSITIVE_INFINITY || (rate >= MINIMUM_RATE && rate <= MAXIMUM_RATE)) {
    return rate;
  }
  throw new RangeError(
    `set the rate of the clock to ${rate}: want ${MINIMUM_RATE} to ${MAXIMUM_RATE}, or Infinity`,
  );
}

/** Returns the seconds of a skip in whole milliseconds; throws a RangeError if they are out of bounds. */
export function validSeconds(seconds: number): number {
  if (Number.isFinite(seconds) && seconds >= 0) {
    return Math.round(seconds * 1000) / 1000;
  }
  throw new RangeError(`skip ${seconds} seconds: want a number of at least 0`);
}
