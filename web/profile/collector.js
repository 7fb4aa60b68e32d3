/**
 * Stands before the scripts of the workers in the site that profiles are made with
 * (profile.mjs): while a module runs that marks its functions, it sends the marks to
 * the server. A worker is ended without notice, so they are sent again and again.
 */
{
  const INTERVAL_MILLISECONDS = 250;
  const send = self.fetch.bind(self);
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...options) => {
    const made = await instantiate.apply(WebAssembly, options);
    const marks = (made.instance ?? made).exports?.marks;
    if (marks !== undefined) {
      const name =
        /([a-z]+)\.js/.exec(self.location.pathname)?.[1] === "kubectl" ? "kubectl" : "controlplane";
      let sent = 0;
      self.setInterval(() => {
        const bytes = new Uint8Array(marks.buffer);
        const called = bytes.reduce((sum, mark) => sum + mark, 0);
        if (called > sent) {
          sent = called;
          send(`marks/${name}`, { method: "POST", body: bytes.slice() }).catch(() => undefined);
        }
      }, INTERVAL_MILLISECONDS);
    }
    return made;
  };
}
