/** The directory in this origin's private file system for the images that the page stores. */
export const IMAGE_DIRECTORY = "images";

/** The name of an image's file there: the name of the site's file, and its digest. */
export function keptName(url: string): string {
  const { pathname, searchParams } = new URL(url);
  return `${pathname.slice(pathname.lastIndexOf("/") + 1)}.${searchParams.get("v") ?? ""}`;
}
