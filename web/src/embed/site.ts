/** The address of the site that this script comes from. It must be read while the script runs. */
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : "";

/** The site of a playground: as its element says, else where the script comes from. */
export function siteOf(element: Element): URL | undefined {
  const given = element.getAttribute("site") ?? script;
  const address =
    given === "" || !URL.canParse(given, document.baseURI) ? undefined : new URL(given, document.baseURI);
  return address !== undefined && /^https?:$/.test(address.protocol) ? address : undefined;
}
