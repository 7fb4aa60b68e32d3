import assert from "node:assert/strict";
import { test } from "node:test";
import { createApi } from "./api.ts";
import type { Client } from "./client.ts";
import type { Kubectl } from "./kubectl/kubectl.ts";

/** The interface over a client and a kubectl that must not be asked. */
function api() {
  const asked = () => {
    throw new Error("a worker was asked");
  };
  const client = { on: () => () => undefined, ready: Promise.resolve(), apply: asked };
  return createApi(client as unknown as Client, { kubectl: asked, run: asked } as unknown as Kubectl);
}

test("arguments of another type are refused before a worker sees them", async () => {
  const { kubectl, run, apply } = api();
  const refused: [Promise<unknown>, string][] = [
    [kubectl("get pods" as unknown as string[]), "args is not an array of strings"],
    [kubectl(undefined as unknown as string[]), "args is not an array of strings"],
    [kubectl(["get", 7] as unknown as string[]), "args[1] is not a string"],
    [run(["get"] as unknown as string), "line is not a string"],
    [apply({ kind: "Pod" } as unknown as string), "yaml is not a string"],
  ];
  for (const [call, message] of refused) {
    await assert.rejects(call, new TypeError(message));
  }
});

test("arguments of the right type reach kubectl", async () => {
  await assert.rejects(api().kubectl(["get", "pods"]), /a worker was asked/);
});
