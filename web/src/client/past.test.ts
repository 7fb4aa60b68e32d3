import assert from "node:assert/strict";
import { test } from "node:test";
import type { PastMoment } from "../protocol/messages.ts";
import { type Deferred, defer } from "./deferred.ts";
import { Lookback, type Past } from "./past.ts";

const moment = (time: number): PastMoment => ({
  frame: { revision: time, time, reset: true, upserts: [], removes: [], events: [] },
  arithmetic: {},
});

function lookback() {
  const asked: { time: number; answer: Deferred<PastMoment> }[] = [];
  const seen: (number | undefined)[] = [];
  const looking = new Lookback({
    ask(time) {
      const answer = defer<PastMoment>();
      asked.push({ time, answer });
      return answer.promise;
    },
    changed: (past: Past | undefined) => seen.push(past?.time),
  });
  return { asked, seen, looking };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

test("of many moments in a row one is asked for at a time, and the newest is shown last", async () => {
  const { asked, seen, looking } = lookback();
  const first = looking.look(1);
  looking.look(2);
  const last = looking.look(3);
  assert.deepEqual(
    asked.map(({ time }) => time),
    [1],
  );
  asked[0]?.answer.resolve(moment(1));
  await turn();
  assert.deepEqual(
    asked.map(({ time }) => time),
    [1, 3],
  );
  asked[1]?.answer.resolve(moment(3));
  await Promise.all([first, last]);
  assert.deepEqual(seen, [1, 3]);
  assert.equal(looking.past?.revision, 3);
});

test("an answer that comes after the learner has gone back to the present changes nothing", async () => {
  const { asked, seen, looking } = lookback();
  const looked = looking.look(1);
  looking.leave();
  asked[0]?.answer.resolve(moment(1));
  await looked;
  assert.deepEqual(seen, []);
  assert.equal(looking.past, undefined);
});

test("a moment that can not be shown is an error, and the next can be asked for", async () => {
  const { asked, looking } = lookback();
  const looked = looking.look(1);
  asked[0]?.answer.reject(new Error("gone"));
  await assert.rejects(looked, /gone/);
  const again = looking.look(2);
  asked[1]?.answer.resolve(moment(2));
  await again;
  assert.equal(looking.past?.time, 2);
});
