import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsOf } from "./watch.ts";

/** A response whose body comes in these pieces. */
function responseOf(...pieces: Uint8Array[]): Response {
  return new Response(
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) {
          controller.enqueue(piece);
        }
        controller.close();
      },
    }),
  );
}

async function all(response: Response): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const event of eventsOf(response)) {
    found.push(event);
  }
  return found;
}

test("events are whole, wherever the answer is cut, even within a character", async () => {
  const events = [
    { type: "ADDED", object: { name: "一" } },
    { type: "MODIFIED", object: { name: "b" } },
    { type: "DELETED", object: {} },
  ];
  const bytes = new TextEncoder().encode(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  for (let cut = 0; cut <= bytes.length; cut++) {
    assert.deepEqual(await all(responseOf(bytes.slice(0, cut), bytes.slice(cut))), events);
  }
});

test("an answer without a body has no events; a line that has not ended is none", async () => {
  assert.deepEqual(await all(new Response(null)), []);
  assert.deepEqual(await all(responseOf(new TextEncoder().encode('{"type":"ADDED"'))), []);
});
