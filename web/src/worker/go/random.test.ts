import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "./random.ts";

function draw(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  new SeededRandom(seed).fill(bytes);
  return bytes;
}

test("the same seed gives the same bytes, in every version of this file", () => {
  assert.equal(Buffer.from(draw(1, 16)).toString("hex"), "e67f808d0cff25d61632aa9f494d884c");
  assert.deepEqual(draw(42, 1000), draw(42, 1000));
});

test("different seeds give different bytes, neighbours and fractions too", () => {
  const seen = new Set(
    [0, 1, 2, -1, 0.5, 2 ** 40, 2 ** 52 + 1].map((seed) => Buffer.from(draw(seed, 8)).toString("hex")),
  );
  assert.equal(seen.size, 7);
});

test("bits are balanced", () => {
  let ones = 0;
  for (const byte of draw(3, 100_000)) {
    ones += byte.toString(2).replaceAll("0", "").length;
  }
  assert.ok(Math.abs(ones / 800_000 - 0.5) < 0.005, `${ones} ones of 800000 bits`);
});

test("what is captured goes on alike", () => {
  const random = new SeededRandom(3);
  random.fill(new Uint8Array(10));
  const other = new SeededRandom(4);
  other.restore(JSON.parse(JSON.stringify(random.capture())));
  const [one, two] = [new Uint8Array(9), new Uint8Array(9)];
  random.fill(one);
  other.fill(two);
  assert.deepEqual(two, one);
});
