/** The cluster that a page without a name in its address opens. */
export const DEFAULT_CLUSTER = "default";

/** A name that a cluster may have: it is part of an address and of a database's name. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** The cluster of a lesson that is opened without another cluster's name. */
export function lessonCluster(lesson: string): string {
  return `lesson.${lesson}`;
}

/**
 * The cluster of a lesson from outside of the site: by the name of its folder, or by
 * the address of its archive, of which the end tells more.
 */
export function foreignCluster(from: "files" | "address", name: string): string {
  const written = [...name.replaceAll("/", ".")].map((one) =>
    /[A-Za-z0-9._-]/.test(one) ? one : `-${one.codePointAt(0)?.toString(36)}`,
  );
  return `${from}.${written.join("").slice(-50)}`;
}

export function isClusterName(text: string): boolean {
  return NAME.test(text);
}
