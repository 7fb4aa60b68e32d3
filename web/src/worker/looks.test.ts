import assert from "node:assert/strict";
import { test } from "node:test";
import { Looks } from "./looks.ts";

/** A worker whose times the test moves. */
class Worker {
  host = 0;
  cluster = 0;
  looked = 0;
  enterable = true;
  #waiting: { at: number; run: () => void }[] = [];

  readonly looks = new Looks({
    hostNow: () => this.host,
    clusterNow: () => this.cluster,
    later: (delay, run) => void this.#waiting.push({ at: this.host + delay, run }),
    look: () => {
      if (this.enterable) {
        this.looked++;
      }
      return this.enterable;
    },
  });

  pass(milliseconds: number): void {
    const end = this.host + milliseconds;
    for (;;) {
      const next = this.#waiting.sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) {
        break;
      }
      this.#waiting.shift();
      this.host = next.at;
      next.run();
    }
    this.host = end;
  }
}

test("nothing looks while no step is open", () => {
  const worker = new Worker();
  worker.looks.turned(true);
  worker.pass(5000);
  assert.equal(worker.looked, 0);
  worker.looks.told("open");
  assert.equal(worker.looked, 1);
  worker.looks.looked();
  worker.looks.told("close");
  worker.looks.turned(true);
  worker.pass(5000);
  assert.equal(worker.looked, 1);
});

test("changes are looked at every 100 ms, one look at a time", () => {
  const worker = new Worker();
  worker.looks.told("open");
  worker.looks.turned(true);
  worker.pass(1000);
  assert.equal(worker.looked, 1, "the first is under way");
  worker.looks.looked();
  worker.pass(100);
  assert.equal(worker.looked, 2, "a change during a look is looked at after it");
  worker.looks.looked();
  worker.looks.turned(true);
  worker.looks.turned(true);
  worker.pass(99);
  assert.equal(worker.looked, 2);
  worker.pass(1);
  assert.equal(worker.looked, 3);
  worker.looks.looked();
  worker.pass(999);
  assert.equal(worker.looked, 3);
  worker.pass(1);
  assert.equal(worker.looked, 4, "without changes once a second");
});

test("however fast cluster time passes, each of its seconds is looked at", () => {
  const worker = new Worker();
  worker.looks.told("open");
  worker.looks.looked();
  for (let second = 1; second <= 60; second++) {
    worker.cluster = second * 1000;
    worker.looks.turned(false);
    worker.looks.looked();
  }
  assert.equal(worker.looked, 61);
});

test("a look that has to wait for a part of the module comes later", () => {
  const worker = new Worker();
  worker.enterable = false;
  worker.looks.told("open");
  worker.pass(250);
  assert.equal(worker.looked, 0);
  worker.enterable = true;
  worker.pass(100);
  assert.equal(worker.looked, 1);
});
