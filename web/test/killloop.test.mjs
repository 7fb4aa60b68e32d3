import { test } from "node:test";
import { killLoop } from "./killloop.mjs";

test("a cluster survives that Chromium is killed in the middle of a rollout", async (context) => {
  // The seed is another one each time and is part of a failure's message.
  const seed = Date.now() % 1_000_000;
  await killLoop({ runs: 3, seed, log: (line) => context.diagnostic(line) });
});
