/** Firefox and WebKit in a class: plain http under a name that is not loopback, from the program of the classroom zip. */
import { serveProxy, startClassroom } from "./classprogram.mjs";
import { CLASS_HOST } from "./harness.mjs";
import { testVisit } from "./visit.mjs";

async function serveClass() {
  const classroom = await startClassroom();
  const proxy = await serveProxy(CLASS_HOST, classroom.port);
  return {
    url: `http://${CLASS_HOST}/`,
    proxy: proxy.address,
    close() {
      proxy.close();
      classroom.close();
    },
  };
}

for (const browser of ["firefox", "webkit"]) {
  testVisit(browser, { where: "in a class", serve: serveClass });
}
