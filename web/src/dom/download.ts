import { html } from "./element.ts";

/** Offers bytes as a download. */
export function download(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  html("a", { href: address, download: name }).click();
  // The browser has begun by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
