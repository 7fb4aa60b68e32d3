/** The directory of this origin's private files that has the images which the page keeps. */
export const IMAGE_DIRECTORY = "images";

/** The name of an image's file there: that of the site's file, and its digest. */
export function keptName(url: string): string {
  const { pathname, searchParams } = new URL(url);
  return `${pathname.slice(pathname.lastIndexOf("/") + 1)}.${searchParams.get("v") ?? ""}`;
}
