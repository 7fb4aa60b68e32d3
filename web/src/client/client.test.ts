import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClockState } from "../protocol/clock.ts";
import type { PageMessage, WorkerMessage } from "../protocol/messages.ts";
import type { TrafficStats } from "../protocol/traffic.ts";
import { ApplyRejection, createApi } from "./api.ts";
import { Client, type WorkerPort } from "./client.ts";
import { FileRefused } from "./errors.ts";

/** The worker's end, in the hands of the test. */
class Port implements WorkerPort {
  readonly received: PageMessage[] = [];
  terminated = false;
  #message: ((event: { data: WorkerMessage }) => void) | undefined;
  #error: ((event: { message?: string }) => void) | undefined;

  postMessage(message: PageMessage): void {
    this.received.push(structuredClone(message));
  }

  addEventListener(type: "message", listener: (event: { data: WorkerMessage }) => void): void;
  addEventListener(type: "error", listener: (event: { message?: string }) => void): void;
  addEventListener(type: "message" | "error", listener: (event: never) => void): void {
    if (type === "message") {
      this.#message = listener as (event: { data: WorkerMessage }) => void;
    } else {
      this.#error = listener as (event: { message?: string }) => void;
    }
  }

  terminate(): void {
    this.terminated = true;
  }

  send(message: WorkerMessage): void {
    this.#message?.({ data: message });
  }

  crash(message: string): void {
    this.#error?.({ message });
  }

  of<Type extends PageMessage["type"]>(type: Type): Extract<PageMessage, { type: Type }>[] {
    return this.received.filter(
      (message): message is Extract<PageMessage, { type: Type }> => message.type === type,
    );
  }

  last<Type extends PageMessage["type"]>(type: Type): Extract<PageMessage, { type: Type }> {
    const message = this.of(type).at(-1);
    assert.ok(message, `no message ${type} was sent`);
    return message;
  }

  ready(): void {
    this.send({
      type: "ready",
      version: { tabernetes: "0.1.0", kubernetes: "v1.37.2" },
      bootMilliseconds: 900,
      restored: false,
    });
  }
}

function started(): { client: Client; ports: Port[]; port: () => Port } {
  const ports: Port[] = [];
  const client = new Client({
    createWorker: () => {
      const port = new Port();
      ports.push(port);
      return port;
    },
    wasm: () => ({
      url: "http://site/controlplane.wasm",
      data: { url: "http://site/controlplane.data.wasm" },
      deferred: { url: "http://site/controlplane.deferred.wasm" },
      cached: false,
    }),
    wasmExec: "http://site/wasm_exec.js",
    boot: {
      cluster: "test",
      seed: 1,
      startTime: null,
      rate: 1,
      paused: false,
      storage: "memory",
      instantKubelet: false,
      nodes: 3,
      machines: "",
    },
  });
  client.start();
  const port = () => {
    const latest = ports.at(-1);
    assert.ok(latest);
    return latest;
  };
  return { client, ports, port };
}

/** Lets every promise that is settled run its continuations. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
const bytes = (text: string) => new TextEncoder().encode(text);

test("a request made before ready waits for it", async () => {
  const { client, port } = started();
  const answer = client.fetch("/api/v1/pods?limit=5", { headers: { Accept: "application/json" } });
  await turn();
  assert.deepEqual(
    port().received.map((message) => message.type),
    ["boot"],
  );
  port().ready();
  await turn();
  const { id, ...request } = port().last("fetch");
  assert.deepEqual(request, {
    type: "fetch",
    method: "GET",
    path: "/api/v1/pods?limit=5",
    headers: [["accept", "application/json"]],
    body: null,
  });
  port().send({ type: "response", id, status: 404, headers: [["content-type", "application/json"]] });
  const response = await answer;
  assert.equal(response.status, 404);
  assert.equal(response.headers.get("content-type"), "application/json");
});

test("a body is asked for chunk by chunk, one beyond what is read", async () => {
  const { client, port } = started();
  port().ready();
  const answer = client.fetch("/api/v1/pods?watch=1");
  await turn();
  const { id } = port().last("fetch");
  port().send({ type: "response", id, status: 200, headers: [] });
  const response = await answer;
  await turn();
  assert.equal(port().of("pull").length, 1, "the stream fills to its high-water mark of one chunk");
  port().send({ type: "chunk", id, bytes: bytes("one\n") });
  await turn();
  assert.equal(port().of("pull").length, 1, "nobody reads: no further credit");

  const reader = response.body?.getReader();
  assert.ok(reader);
  const first = await reader.read();
  assert.deepEqual(first.value, bytes("one\n"));
  await turn();
  assert.equal(port().of("pull").length, 2);
  const second = reader.read();
  port().send({ type: "chunk", id, bytes: bytes("two\n") });
  assert.deepEqual((await second).value, bytes("two\n"));
  port().send({ type: "end", id });
  assert.equal((await reader.read()).done, true);
});

test("cancelling the body ends the request in the worker", async () => {
  const { client, port } = started();
  port().ready();
  const answer = client.fetch("/api/v1/pods?watch=1");
  await turn();
  const { id } = port().last("fetch");
  port().send({ type: "response", id, status: 200, headers: [] });
  await (await answer).body?.cancel();
  assert.deepEqual(port().last("cancel"), { type: "cancel", id });
  port().send({ type: "chunk", id, bytes: bytes("late") });
});

test("an abort rejects the request, or breaks the body that is being read", async () => {
  const { client, port } = started();
  port().ready();
  const early = new AbortController();
  const unanswered = client.fetch("/version", { signal: early.signal });
  await turn();
  early.abort();
  await assert.rejects(unanswered, { name: "AbortError" });
  assert.equal(port().of("cancel").length, 1);

  const late = new AbortController();
  const answer = client.fetch("/api/v1/pods?watch=1", { signal: late.signal });
  await turn();
  port().send({ type: "response", id: port().last("fetch").id, status: 200, headers: [] });
  const read = (await answer).text();
  late.abort();
  await assert.rejects(read, { name: "AbortError" });
  assert.equal(port().of("cancel").length, 2);
});

test("an abort while the control plane starts sends nothing", async () => {
  const { client, port } = started();
  const abort = new AbortController();
  const answer = client.fetch("/version", { signal: abort.signal });
  abort.abort();
  await assert.rejects(answer, { name: "AbortError" });
  port().ready();
  await turn();
  assert.equal(port().of("fetch").length, 0);
});

test("a failure in the middle of a body reaches its reader with the worker's message", async () => {
  const { client, port } = started();
  port().ready();
  const answer = client.fetch("/api/v1/pods");
  await turn();
  const { id } = port().last("fetch");
  port().send({ type: "response", id, status: 200, headers: [] });
  const text = (await answer).text();
  port().send({ type: "chunk", id, bytes: bytes("{") });
  port().send({ type: "failed", id, message: "unexpected EOF", refusal: null });
  await assert.rejects(text, { message: "unexpected EOF" });
});

test("a body with a status that has none", async () => {
  const { client, port } = started();
  port().ready();
  const answer = client.fetch("/x", { method: "DELETE", body: "{}" });
  await turn();
  assert.equal(port().last("fetch").body, "{}");
  const { id } = port().last("fetch");
  port().send({ type: "response", id, status: 204, headers: [] });
  port().send({ type: "end", id });
  assert.equal((await answer).status, 204);
  assert.equal(await (await answer).text(), "");
});

test("a panic fails everything in flight; a restart boots another worker", async () => {
  const { client, ports, port } = started();
  port().ready();
  const answer = client.fetch("/version");
  const applied = client.apply("kind: Pod");
  await turn();
  const panics: string[] = [];
  client.on("panic", (panic) => panics.push(panic.message));
  port().send({ type: "panic", message: "index out of range", stack: "goroutine 1", refusal: null });
  await assert.rejects(answer, { message: "index out of range" });
  await assert.rejects(applied, { message: "index out of range" });
  assert.deepEqual(panics, ["index out of range"]);
  assert.equal(ports[0]?.terminated, true);

  client.start();
  assert.equal(ports.length, 2);
  const version = client.fetch("/version");
  ports[0]?.ready();
  await turn();
  assert.equal(port().of("fetch").length, 0, "the ended worker is not listened to");
  port().ready();
  await turn();
  port().send({ type: "response", id: port().last("fetch").id, status: 200, headers: [] });
  assert.equal((await version).status, 200);
});

test("a worker script that does not load is a panic", async () => {
  const { client, port } = started();
  const { ready } = client;
  port().crash("404");
  await assert.rejects(ready, { message: "404" });
});

test("reset clears the storage, then boots an empty cluster", async () => {
  const { client, ports, port } = started();
  port().ready();
  const reset = client.reset();
  await turn();
  port().send({ type: "reply", id: port().last("reset").id, value: null });
  await turn();
  assert.equal(ports.length, 2);
  port().ready();
  await reset;
});

test("reset after a panic asks a new worker to clear the storage before it is ready", async () => {
  const { client, ports, port } = started();
  port().send({ type: "panic", message: "corrupt", stack: "", refusal: null });
  const reset = client.reset();
  await turn();
  assert.deepEqual(
    ports[1]?.received.map((message) => message.type),
    ["boot", "reset"],
  );
  port().send({ type: "reply", id: port().last("reset").id, value: null });
  await turn();
  assert.equal(ports.length, 3);
  port().ready();
  await reset;
});

test("a page whose cluster another tab has taken has none, until it takes it back", async () => {
  const { client, ports, port } = started();
  let told = 0;
  client.on("taken", () => told++);
  assert.equal(port().last("boot").takeOver, false, "the first start asks");
  port().ready();
  client.start();
  assert.equal(port().last("boot").takeOver, true, "a restart takes it from the worker before");
  port().ready();
  const applied = client.apply("...");
  await turn();
  port().send({ type: "taken" });
  await assert.rejects(applied, /another tab has the cluster/);
  await assert.rejects(client.fetch("/version"), /another tab has the cluster/);
  assert.equal(told, 1);
  assert.equal(ports.at(-1)?.terminated, true);
  client.start();
  assert.equal(port().last("boot").takeOver, false);
  client.takeOver();
  assert.equal(port().last("boot").takeOver, true);
});

test("a file takes the place of a cluster at the rate and the pause of its clock; what cannot start brings the old one back", async () => {
  const { client, ports, port } = started();
  port().ready();
  const clock: ClockState = { now: 5, rate: 20, paused: true, mode: "run", effectiveRate: 0 };
  port().send({ type: "clock", clock });
  const file = bytes("new");
  const replaced = client.replace(file);
  await turn();
  const summary = { kubernetes: "v1.37.2", revision: 7, objects: 1, page: null };
  port().send({ type: "reply", id: port().last("check").id, value: summary });
  await turn();
  port().send({ type: "reply", id: port().last("archive").id, value: bytes("old") });
  await turn();
  assert.equal(ports.length, 2);
  assert.deepEqual(port().last("boot").archive, file);
  assert.equal(port().last("boot").options.rate, 20);
  assert.equal(port().last("boot").options.paused, true);
  port().send({ type: "panic", message: "no such kind", stack: "", refusal: null });
  await turn();
  assert.deepEqual(port().last("boot").archive, bytes("old"));
  port().ready();
  await assert.rejects(replaced, /no such kind/);
});

test("a file that no cluster can start from is refused with what is wrong with it", async () => {
  const { client, ports, port } = started();
  port().ready();
  const replaced = client.replace(bytes("nonsense"));
  await turn();
  const refusal = { fault: "invalid", at: "history[3]" } as const;
  const message = "read cluster file: history[3]: replaced nothing";
  port().send({ type: "failed", id: port().last("check").id, message, refusal });
  await assert.rejects(replaced, (error) => {
    assert.ok(error instanceof FileRefused);
    assert.equal(error.message, message);
    assert.deepEqual(error.refusal, refusal);
    return true;
  });
  assert.equal(ports.length, 1, "the cluster goes on");
});

test("window.tabernetes: apply rejects with upstream's message and tells of every object", async () => {
  const { client, port } = started();
  const api = createApi(client);
  port().ready();
  const applied = api.apply("...");
  await turn();
  const pod = {
    index: 0,
    kind: "Pod",
    namespace: "default",
    name: "a",
    result: "created",
    warnings: [],
  } as const;
  const rejected = { index: 1, error: { message: "Pod in version v1 cannot be handled" }, warnings: [] };
  port().send({ type: "reply", id: port().last("apply").id, value: { results: [pod, rejected] } });
  await assert.rejects(applied, (error) => {
    assert.ok(error instanceof ApplyRejection);
    assert.equal(error.message, "Pod in version v1 cannot be handled");
    assert.deepEqual(error.results, [pod, rejected]);
    return true;
  });
});

test("window.tabernetes: the clock follows what the worker tells", async () => {
  const { client, port } = started();
  const api = createApi(client);
  port().ready();
  const state: ClockState = {
    now: Date.UTC(2026, 0, 1),
    rate: 100,
    paused: true,
    mode: "run",
    effectiveRate: 0,
  };
  port().send({ type: "clock", clock: state });
  assert.equal(api.clock.now().toISOString(), "2026-01-01T00:00:00.000Z");
  assert.equal(api.clock.rate, 100);
  assert.equal(api.clock.paused, true);

  const skipped = api.clock.skip();
  await turn();
  const { id, command } = port().last("clock");
  assert.deepEqual(command, { kind: "skip", settled: true });
  port().send({ type: "reply", id, value: { ...state, now: state.now + 20_000 } });
  await skipped;
  assert.equal(api.clock.now().toISOString(), "2026-01-01T00:00:20.000Z");
});

test("window.tabernetes: traffic is commanded and counted", async () => {
  const { client, port } = started();
  const api = createApi(client);
  port().ready();
  const stats: TrafficStats = {
    service: "default/web",
    perSecond: 50,
    started: 0,
    sent: 3,
    inFlight: 0,
    ok: 2,
    failed: 1,
    byResult: { ok: 2, reset: 1 },
    byVersion: { v1: 2 },
    byPod: { "web-1": 2 },
    seconds: [],
  };
  const answered = async (clients: readonly TrafficStats[]) => {
    await turn();
    const { id, command } = port().last("traffic");
    port().send({ type: "reply", id, value: { clients } });
    return command;
  };

  const begun = api.traffic.start("web", 50, { timeoutSeconds: 2.5 });
  assert.deepEqual(await answered([stats]), {
    kind: "start",
    service: "web",
    perSecond: 50,
    path: "/",
    timeoutMilliseconds: 2500,
  });
  await begun;
  const counted = api.traffic.stats("web");
  assert.deepEqual(await answered([stats]), { kind: "stats", service: "web" });
  assert.deepEqual(await counted, stats);
  const all = api.traffic.all();
  assert.deepEqual(await answered([stats, stats]), { kind: "all" });
  assert.equal((await all).length, 2);

  const stopped = api.traffic.stop("nothing");
  await turn();
  const { id } = port().last("traffic");
  port().send({ type: "failed", id, message: "no traffic was started", refusal: null });
  await assert.rejects(stopped, { message: "no traffic was started" });
});
