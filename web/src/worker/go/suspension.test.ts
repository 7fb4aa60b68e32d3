import assert from "node:assert/strict";
import { test } from "node:test";
import { type Entered, Suspension } from "./suspension.ts";

/** A Go that does what it is told at each entry, and notes what each was about. */
class FakeGo implements Entered {
  _pendingEvent: Entered["_pendingEvent"] = null;
  exited = false;
  ended = 0;
  readonly handled: unknown[] = [];
  readonly suspension = new Suspension(this, () => this.#resume());
  /** What Go does with the next events. */
  readonly todo: (() => void)[] = [];

  _resolveExitPromise(): void {
    this.ended++;
  }

  #resume(): void {
    const event = this._pendingEvent;
    this._pendingEvent = null;
    this.handled.push(event);
    this.todo.shift()?.();
  }

  /** As a function of Go's is called from JavaScript. */
  call(name: string): unknown {
    const event = { name, result: undefined };
    this._pendingEvent = event;
    this.suspension.enter();
    return event.result;
  }

  get names(): unknown[] {
    return this.handled.map((event) => (event as { name: string } | null)?.name ?? null);
  }
}

test("events that come while Go is suspended are handled in order when it goes on", () => {
  const go = new FakeGo();
  go.todo.push(() => go.suspension.suspend());
  go.call("first");
  assert.ok(go.suspension.suspended);
  go.call("second");
  go._pendingEvent = null;
  go.suspension.enter();
  go.call("third");
  assert.deepEqual(go.names, ["first"]);
  const order: string[] = [];
  go.suspension.goOn(() => order.push(`loop after ${go.handled.length}`));
  assert.deepEqual(order, ["loop after 1"]);
  assert.deepEqual(go.names, ["first", "second", null, "third"]);
  assert.ok(!go.suspension.suspended);
});

test("Go may be suspended again, in the loop or in an event that had waited", () => {
  const go = new FakeGo();
  go.todo.push(
    () => go.suspension.suspend(),
    () => go.suspension.suspend(),
  );
  go.call("first");
  go.call("second");
  go.call("third");
  go.suspension.goOn(() => go.suspension.suspend());
  assert.deepEqual(go.names, ["first"]);
  go.suspension.goOn(() => undefined);
  assert.deepEqual(go.names, ["first", "second"]);
  go.suspension.goOn(() => undefined);
  assert.deepEqual(go.names, ["first", "second", "third"]);
});

test("a nested entry is told from an outermost one", () => {
  const go = new FakeGo();
  const seen: boolean[] = [];
  go.todo.push(
    () => {
      seen.push(go.suspension.nested);
      go.call("inner");
      seen.push(go.suspension.nested);
    },
    () => seen.push(go.suspension.nested),
  );
  go.call("outer");
  assert.deepEqual(seen, [false, true, false]);
  go.todo.push(() => {
    throw new Error("a trap");
  });
  assert.throws(() => go.call("outer"), /a trap/);
  go.todo.push(() => seen.push(go.suspension.nested));
  go.call("outer");
  assert.equal(seen.at(-1), false, "a trap leaves no depth behind");
});

test("a result comes when Go has gone on: of the call it was suspended in, and of one that had to wait", () => {
  const go = new FakeGo();
  const results: unknown[] = [];
  const interrupted: { result?: unknown }[] = [];
  go.todo.push(
    () => {
      interrupted.push(go.handled.at(-1) as { result?: unknown });
      go.suspension.suspend();
    },
    () => {
      (go.handled.at(-1) as { result?: unknown }).result = "waited";
    },
  );
  go.suspension.call(
    () => go.call("frame"),
    (result) => results.push(result),
  );
  go.suspension.call(
    () => go.call("timeline"),
    (result) => results.push(result),
  );
  assert.equal(results.length, 0);
  go.suspension.goOn(() => {
    for (const event of interrupted) {
      event.result = "interrupted";
    }
  });
  assert.deepEqual(results, ["interrupted", "waited"]);
  go.suspension.call(
    () => "at once",
    (result) => results.push(result),
  );
  assert.equal(results.at(-1), "at once");
});

test("a program that ends when it goes on has ended, and handles nothing more", () => {
  const go = new FakeGo();
  go.todo.push(() => go.suspension.suspend());
  go.call("first");
  go.call("second");
  go.suspension.goOn(() => {
    go.exited = true;
  });
  assert.equal(go.ended, 1);
  assert.deepEqual(go.names, ["first"]);
});
