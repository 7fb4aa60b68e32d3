import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Wakeup } from "./wakeup.ts";

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function counted(context: TestContext) {
  let calls = 0;
  const wakeup = new Wakeup(() => calls++);
  context.after(() => wakeup.close());
  return { wakeup, calls: () => calls };
}

test("many requests are one call", async (context) => {
  const { wakeup, calls } = counted(context);
  wakeup.schedule(0);
  wakeup.schedule(0);
  wakeup.schedule(5);
  wakeup.schedule(0);
  await pause(50);
  assert.equal(calls(), 1);
});

test("the newest request counts, and a cancelled one does not", async (context) => {
  const { wakeup, calls } = counted(context);
  wakeup.schedule(0);
  wakeup.schedule(100_000);
  await pause(30);
  assert.equal(calls(), 0);
  wakeup.schedule(1);
  await pause(30);
  assert.equal(calls(), 1);
  wakeup.schedule(0);
  wakeup.cancel();
  await pause(30);
  assert.equal(calls(), 1);
});
