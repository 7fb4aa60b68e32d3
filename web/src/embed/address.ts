import {
  HOST_PARAMETER,
  LONGEST_STATE,
  LONGEST_YAML,
  PARAMETERS,
  type Parameter,
} from "../protocol/embedding.ts";

/** Parameters that go into the hash: long ones, which no server need see. */
const IN_HASH: ReadonlySet<Parameter> = new Set(["yaml", "state"]);

/** Characters of each that are passed on; one more than the frame accepts, so that it refuses what is longer. */
const MOST: Partial<Record<Parameter, number>> = { yaml: LONGEST_YAML + 1, state: LONGEST_STATE + 1 };

/** The address of a frame with these parameters. */
export function frameAddress(
  site: URL,
  values: Readonly<Partial<Record<Parameter, string>>>,
  host: string,
): string {
  const address = new URL("embed.html", site);
  address.search = "";
  const hash = new URLSearchParams();
  for (const name of PARAMETERS) {
    const value = values[name];
    if (value !== undefined) {
      (IN_HASH.has(name) ? hash : address.searchParams).set(name, value.slice(0, MOST[name]));
    }
  }
  address.searchParams.set(HOST_PARAMETER, host);
  address.hash = hash.toString();
  return address.href;
}
