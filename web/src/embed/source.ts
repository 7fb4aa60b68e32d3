import { LONGEST_YAML } from "../protocol/embedding.ts";

/** Reads a file of the page's own origin. */
export async function readText(address: URL): Promise<string> {
  // A redirect could lead to another origin.
  const response = await fetch(address, { redirect: "error" });
  if (!response.ok) {
    throw new Error(`${address.pathname}: HTTP ${response.status}`);
  }
  const text = await response.text();
  if (text.length > LONGEST_YAML) {
    throw new Error(`${address.pathname} has more than ${LONGEST_YAML} characters`);
  }
  return text;
}
