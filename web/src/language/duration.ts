const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/**
 * An age as kubectl's AGE column writes it: two units while the first is small,
 * one after that. The steps are those of k8s.io/apimachinery/pkg/util/duration,
 * which is Go and cannot be called from here.
 */
export function shortDuration(milliseconds: number): string {
  if (milliseconds < 0) {
    return "0s";
  }
  const whole = (unit: number) => Math.floor(milliseconds / unit);
  const rest = (unit: number, smaller: number) => Math.floor((milliseconds % unit) / smaller);
  const two = (unit: number, name: string, smaller: number, smallerName: string) => {
    const remainder = rest(unit, smaller);
    return remainder === 0 ? `${whole(unit)}${name}` : `${whole(unit)}${name}${remainder}${smallerName}`;
  };
  if (milliseconds < 2 * MINUTE) {
    return `${whole(SECOND)}s`;
  }
  if (milliseconds < 10 * MINUTE) {
    return two(MINUTE, "m", SECOND, "s");
  }
  if (milliseconds < 3 * HOUR) {
    return `${whole(MINUTE)}m`;
  }
  if (milliseconds < 8 * HOUR) {
    return two(HOUR, "h", MINUTE, "m");
  }
  if (milliseconds < 2 * DAY) {
    return `${whole(HOUR)}h`;
  }
  if (milliseconds < 8 * DAY) {
    return two(DAY, "d", HOUR, "h");
  }
  if (milliseconds < 2 * YEAR) {
    return `${whole(DAY)}d`;
  }
  if (milliseconds < 8 * YEAR) {
    return two(YEAR, "y", DAY, "d");
  }
  return `${whole(YEAR)}y`;
}
