import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode } from "./sevenbits.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Bytes of every value in every place of a character. */
const SAMPLE = Uint8Array.from({ length: 7 * 256 }, (_, at) => (at * 37 + (at >> 8)) & 0xff);

test("bytes come back, however many there are", () => {
  for (let length = 0; length < 20; length++) {
    for (const bytes of [SAMPLE.subarray(100, 100 + length), new Uint8Array(length).fill(0xff)]) {
      assert.deepEqual([...decode(utf8.decode(encode(bytes)))], [...bytes]);
    }
  }
  assert.deepEqual(decode(utf8.decode(encode(SAMPLE))), SAMPLE);
});

test("the text has no character that HTML changes or that ends a data block", () => {
  const text = utf8.decode(encode(SAMPLE));
  assert.equal(/[\0\r<]/.test(text), false);
  // All others are there, or the sample shows nothing.
  assert.equal(new Set([...text].map((one) => one.charCodeAt(0) & 0x7f)).size, 128);
});

test("it takes little more than eight sevenths of the bytes", () => {
  assert.ok(encode(SAMPLE).length < SAMPLE.length * 1.2);
});
