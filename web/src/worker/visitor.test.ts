import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterAnswer, ClusterRequest } from "../protocol/kubectl.ts";
import { Visitor } from "./visitor.ts";

/** The control plane's end, and the port that kubectl would have. */
function visit() {
  const calls: unknown[][] = [];
  const alarms = new Map<number, () => void>();
  let request = -1;
  let alarm = 0;
  const state = { busy: false, now: 1000, stands: 0 };
  const { port1, port2 } = new MessageChannel();
  const visitor = new Visitor(port1, {
    clock: {
      time: {
        get now() {
          return state.now;
        },
        clearTimer: (id) => void alarms.delete(id),
      },
      setAlarm(time, run) {
        calls.push(["alarm", time]);
        alarms.set(++alarm, run);
        return alarm;
      },
      setBusy: (busy) => {
        state.busy = busy;
      },
      stand: () => state.stands++,
      goOn: () => state.stands--,
    },
    nextRequest: () => request--,
    fetch: (...given) => calls.push(["fetch", ...given]),
    dial: (id) => calls.push(["dial", id]),
    send: (id, bytes) => calls.push(["send", id, [...bytes]]),
    pull: (id) => calls.push(["pull", id]),
    cancel: (id) => calls.push(["cancel", id]),
  });
  const answers: ClusterAnswer[] = [];
  port2.onmessage = ({ data }: MessageEvent<ClusterAnswer>) => answers.push(data);
  const ask = async (...requests: ClusterRequest[]) => {
    for (const one of requests) {
      port2.postMessage(one);
    }
    await settle();
  };
  // Messages keep their order: what was sent before this one has arrived.
  const settle = async () => {
    for (let trip = 0; trip < 3; trip++) {
      await new Promise<void>((resolve) => {
        const { port1: there, port2: here } = new MessageChannel();
        here.onmessage = () => {
          here.close();
          resolve();
        };
        there.postMessage(null);
      });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { visitor, state, calls, alarms, answers, ask, settle, end: () => port2.close() };
}

const FETCH = { type: "fetch", method: "GET", path: "/api", headers: [], body: null } as const;

test("a request gets a number of its own, and its answers come back under the visitor's", async (context) => {
  const { visitor, calls, answers, ask, settle, end } = visit();
  context.after(end);
  await ask({ ...FETCH, id: 7 }, { type: "pull", id: 7 });
  assert.deepEqual(calls, [
    ["fetch", -1, "GET", "/api", [], null],
    ["pull", -1],
  ]);
  visitor.response(-1, 200, [["A", "b"]]);
  visitor.chunk(-1, new Uint8Array([1, 2]));
  visitor.end(-1);
  visitor.chunk(-1, new Uint8Array([3]));
  await settle();
  assert.deepEqual(
    answers.map((answer) => [answer.type, answer.now, "id" in answer ? answer.id : undefined]),
    [
      ["response", 1000, 7],
      ["chunk", 1000, 7],
      ["end", 1000, 7],
    ],
  );
  await ask({ ...FETCH, id: 7 }, { type: "cancel", id: 7 });
  assert.deepEqual(calls.slice(2), [
    ["fetch", -2, "GET", "/api", [], null],
    ["cancel", -2],
  ]);
});

test("it is busy from an answer until it has told that it has worked through it", async (context) => {
  const { visitor, state, ask, end } = visit();
  context.after(end);
  await ask({ type: "time" });
  assert.equal(state.busy, true);
  await ask({ type: "turn", received: 1, alarm: null });
  assert.equal(state.busy, false);
  await ask({ ...FETCH, id: 1 });
  visitor.response(-1, 200, []);
  visitor.end(-1);
  await ask({ type: "turn", received: 2, alarm: null });
  assert.equal(state.busy, true);
  await ask({ type: "turn", received: 3, alarm: null });
  assert.equal(state.busy, false);
});

test("its alarm brings it the time; a later turn sets it again", async (context) => {
  const { state, calls, alarms, answers, ask, settle, end } = visit();
  context.after(end);
  await ask({ type: "turn", received: 0, alarm: 5000 }, { type: "turn", received: 0, alarm: 4000 });
  assert.deepEqual(calls, [
    ["alarm", 5000],
    ["alarm", 4000],
  ]);
  assert.equal(alarms.size, 1);
  state.now = 4000;
  for (const run of alarms.values()) {
    run();
  }
  await settle();
  assert.deepEqual(answers, [{ type: "time", now: 4000 }]);
  assert.equal(state.busy, true);
});

test("when it is gone its requests end and time goes on", async () => {
  const { visitor, state, calls, alarms, ask, end } = visit();
  await ask({ ...FETCH, id: 1 }, { type: "turn", received: 0, alarm: 9000 }, { type: "time" });
  visitor.close();
  assert.deepEqual(calls.at(-1), ["cancel", -1]);
  assert.equal(alarms.size, 0);
  assert.equal(state.busy, false);
  end();
});

test("time stands while it waits for a part of its module, until it has it or is gone", async () => {
  const { visitor, state, ask, end } = visit();
  await ask({ type: "waiting", waiting: true }, { type: "waiting", waiting: true });
  assert.equal(state.stands, 1);
  await ask({ type: "waiting", waiting: false });
  assert.equal(state.stands, 0);
  await ask({ type: "waiting", waiting: true });
  visitor.close();
  assert.equal(state.stands, 0);
  end();
});

test("a connection is numbered as a request is, and what is sent over it is acknowledged", async () => {
  const { visitor, calls, answers, ask, settle, end } = visit();
  await ask({ type: "dial", id: 5 }, { type: "send", id: 5, bytes: new Uint8Array([1, 2]) });
  assert.deepEqual(calls, [
    ["dial", -1],
    ["send", -1, [1, 2]],
  ]);
  visitor.sent(-1);
  visitor.chunk(-1, new Uint8Array([3]));
  visitor.end(-1);
  visitor.sent(-1);
  await settle();
  assert.deepEqual(
    answers.map(({ type }) => type),
    ["sent", "chunk", "end"],
  );
  await ask({ type: "send", id: 5, bytes: new Uint8Array([4]) });
  assert.equal(calls.length, 2, "an ended connection takes nothing");
  visitor.close();
  end();
});
