import { freemem } from "node:os";
import { classroomOf, learn, load, withBrowser, withClassroom } from "../class.mjs";

const LEARNERS = 30;
/** Learners with a page, when the others only ask for files. */
const PAGES = 3;
/** What a page may take with its share of the browser. */
const PAGE_BYTES = 500e6;

/** Thirty learners at the program of the classroom zip who come at once; one who fails fails the measure. */
export const classroom = {
  what: `${LEARNERS} learners at once at the program of the classroom zip: until the last has all files, until the last page is ready, in milliseconds; the program's resident memory in bytes. "few": ${PAGES} pages, all others ask for files alone. "pages": a page each, where memory allows it`,
  browsers: ["chromium"],
  once: true,
  async run({ dist, log }) {
    const built = classroomOf(dist);
    if (built === undefined) {
      log(`${dist} has no program for classrooms beside it: "make test-browser" makes it`);
      return {};
    }
    const few = await visit(built, PAGES);
    if (freemem() < LEARNERS * PAGE_BYTES) {
      log(`${freemem()} bytes of memory are free: too few for ${LEARNERS} pages`);
      return { few };
    }
    return { few, pages: await visit(built, LEARNERS) };
  },
};

/** All learners come at once, so many of them with a page. */
async function visit(built, pages) {
  const paths = await withClassroom(built, ({ url }) => withBrowser((browser) => learn(browser, url)));
  return withClassroom(built, ({ url, memory }) =>
    withBrowser(async (browser) => {
      const before = memory().resident;
      const begun = performance.now();
      const since = () => performance.now() - begun;
      const loading = all(Array.from({ length: LEARNERS - pages }, () => load(url, paths)));
      const loaded = loading.then((sizes) => ({ lastLoaded: since(), bytes: Math.max(...sizes) }));
      const learning = all(Array.from({ length: pages }, () => learn(browser, url)));
      const [files] = await all([loaded, learning]);
      return {
        learners: { withPage: pages, asking: LEARNERS - pages },
        ...(pages === LEARNERS ? {} : files),
        lastReady: since(),
        memory: { before, after: memory().resident, most: memory().most },
      };
    }),
  );
}

/** As Promise.all, once all have ended; the error has how many failed. */
async function all(promises) {
  const ended = await Promise.allSettled(promises);
  const failed = ended.filter(({ status }) => status === "rejected");
  if (failed.length > 0) {
    throw new Error(`${failed.length} of ${ended.length} learners failed, the first: ${failed[0].reason}`);
  }
  return ended.map(({ value }) => value);
}
