/** The cluster that a page without a name in its address opens. */
export const DEFAULT_CLUSTER = "default";

/** A name that a cluster may have: it is part of an address and of a database's name. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** The cluster of a lesson that is opened without another cluster's name. */
export function lessonCluster(lesson: string): string {
  return `lesson.${lesson}`;
}

export function isClusterName(text: string): boolean {
  return NAME.test(text);
}
