/**
 * Sets the content security policy of the frame's page, before anything else of it is
 * loaded. It names the site's origin: WebKit does not take a frame that is sandboxed for
 * the site's own, and no file of a static host knows where it is served.
 */
const site = /^https?:/.test(location.origin) ? `'self' ${location.origin}` : "'self'";
const policy = document.createElement("meta");
policy.httpEquiv = "Content-Security-Policy";
policy.content = [
  `default-src ${site}`,
  `script-src ${site} 'wasm-unsafe-eval'`,
  `style-src ${site}`,
  `worker-src ${site} blob:`,
  `connect-src ${site}`,
  "object-src 'none'",
  "base-uri 'none'",
].join("; ");
document.head.append(policy);

export {};
