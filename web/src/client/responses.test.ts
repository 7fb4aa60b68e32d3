import assert from "node:assert/strict";
import { test } from "node:test";
import type { PageMessage } from "../protocol/messages.ts";
import { Responses } from "./responses.ts";

test("a request whose worker ends before it is sent fails, and is not sent", async () => {
  const sent: PageMessage[] = [];
  const responses = new Responses((message) => sent.push(message));
  const answer = responses.request(1, new Request("http://cluster/version"));
  responses.failAll(new Error("the worker is gone"));
  await assert.rejects(answer, { message: "the worker is gone" });
  assert.deepEqual(sent, []);
});
