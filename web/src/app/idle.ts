/**
 * Host time for which the page must have been idle, after it is ready, before it
 * loads what may be needed later: from the browser's cache, or from the network.
 */
export const QUIET_MILLISECONDS = { cached: 3000, network: 20_000 };

/** Whether the reader has asked the browser to save data. */
export function savesData(): boolean {
  const { connection } = navigator as Navigator & { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true;
}

/**
 * Like whenLeftAlone, but never where memory is short, nor where a program drives
 * the browser, as nobody will use a terminal there.
 */
export function whenIdle(quiet: number, run: () => void): void {
  const { deviceMemory } = navigator as Navigator & { readonly deviceMemory?: number };
  if (!navigator.webdriver && (deviceMemory ?? 4) >= 4) {
    whenLeftAlone(quiet, run);
  }
}

/**
 * Calls a function once when the page has been left alone for `quiet`: not while it is
 * hidden, nor where the browser is set to save data.
 */
export function whenLeftAlone(quiet: number, run: () => void): void {
  if (savesData()) {
    return;
  }
  let timer = setTimeout(finish, quiet);
  const events = ["keydown", "pointerdown", "visibilitychange"] as const;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(finish, quiet);
  };
  for (const event of events) {
    document.addEventListener(event, again, { passive: true });
  }
  function finish(): void {
    if (document.hidden) {
      again();
      return;
    }
    for (const event of events) {
      document.removeEventListener(event, again);
    }
    run();
  }
}
