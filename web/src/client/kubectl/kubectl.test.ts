import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoredFile, TerminalMessage, TerminalRequest } from "../../protocol/kubectl.ts";
import type { Client, ClientEvents } from "../client.ts";
import type { EditRequest, KubectlPort } from "./contract.ts";
import { gather } from "./gather.ts";
import { Kubectl, STATUS_KILLED } from "./kubectl.ts";

/** The worker's end, in the hands of the test. */
class Port implements KubectlPort {
  readonly received: TerminalRequest[] = [];
  terminated = false;
  #message: ((event: { data: TerminalMessage }) => void) | undefined;

  postMessage(message: TerminalRequest): void {
    this.received.push(message);
    if (message.type === "boot") {
      message.port.close();
    }
  }

  addEventListener(type: "message" | "error", listener: (event: never) => void): void {
    if (type === "message") {
      this.#message = listener as (event: { data: TerminalMessage }) => void;
    }
  }

  terminate(): void {
    this.terminated = true;
  }

  send(message: TerminalMessage): void {
    this.#message?.({ data: message });
  }

  print(id: number, stream: "stdout" | "stderr", bytes: Uint8Array): void {
    this.send({ type: "output", id, stream, bytes });
  }

  last<Type extends TerminalRequest["type"]>(type: Type): Extract<TerminalRequest, { type: Type }> {
    const message = this.received.findLast(
      (one): one is Extract<TerminalRequest, { type: Type }> => one.type === type,
    );
    assert.ok(message, `no message ${type} was sent`);
    return message;
  }
}

function created(stored: StoredFile[] = [], editorFiles: () => readonly StoredFile[] = () => []) {
  const ports: Port[] = [];
  const saved: (readonly StoredFile[])[] = [];
  const connections: string[] = [];
  const listeners = new Map<keyof ClientEvents, () => void>();
  const client = {
    ready: Promise.resolve({
      version: { tabernetes: "", kubernetes: "" },
      bootMilliseconds: 0,
      restored: false,
    }),
    on: (event: keyof ClientEvents, listener: (detail: never) => void) => {
      listeners.set(event, () => listener(undefined as never));
      return () => undefined;
    },
    connect: (port: MessagePort) => {
      connections.push("connect");
      port.close();
    },
    disconnect: () => void connections.push("disconnect"),
  } satisfies Pick<Client, "ready" | "on" | "connect" | "disconnect">;
  const kubectl = new Kubectl({
    client,
    createWorker: () => {
      const port = new Port();
      ports.push(port);
      return port;
    },
    wasm: () => ({
      url: "http://site/kubectl.wasm",
      data: { url: "http://site/kubectl.data.wasm" },
      deferred: { url: "http://site/kubectl.deferred.wasm" },
      cached: false,
    }),
    wasmExec: "http://site/wasm_exec.js",
    seed: 1,
    store: { load: () => stored, save: (files) => saved.push(files) },
    editorFiles,
  });
  const port = () => {
    const last = ports.at(-1);
    assert.ok(last, "no worker was created");
    return last;
  };
  return {
    kubectl,
    ports,
    port,
    saved,
    connections,
    emit: (event: keyof ClientEvents) => listeners.get(event)?.(),
  };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
const bytes = (text: string) => new TextEncoder().encode(text);

test("the worker starts with the first command, once, with the stored files", async () => {
  const { kubectl, ports, port, connections } = created([{ path: "/root/a", text: "x" }]);
  assert.equal(ports.length, 0);
  const first = gather((output) => kubectl.kubectl(["get", "pods"], output, { files: { "b.yaml": "y" } }));
  void gather((output) => kubectl.run("tab", "ls", output));
  await turn();
  assert.equal(ports.length, 1);
  assert.deepEqual(connections, ["connect"]);
  assert.deepEqual(port().last("boot").files, [{ path: "/root/a", text: "x" }]);
  const { id, files } = port().last("kubectl");
  assert.deepEqual(files, [{ path: "b.yaml", text: "y" }]);
  port().print(id, "stdout", bytes("NAME\n"));
  port().print(id, "stderr", bytes("Warning\n"));
  port().send({ type: "exit", id, code: 1, refusals: [], unread: "" });
  assert.deepEqual(await first, { code: 1, stdout: "NAME\n", stderr: "Warning\n" });
});

test("who has refused requests of a command, and what it has not read, is there when it has ended", async () => {
  const { kubectl, port } = created();
  const execution = kubectl.run("tab", "kubectl get pods --as nobody", () => undefined);
  await turn();
  assert.deepEqual(execution.refusals, []);
  const refusal = {
    by: "Authorization",
    parameters: { user: "nobody" },
    command: "kubectl auth can-i list pods",
  };
  port().send({ type: "exit", id: port().last("run").id, code: 1, refusals: [refusal], unread: "ls\n" });
  assert.equal(await execution.ended, 1);
  assert.deepEqual(execution.refusals, [refusal]);
  assert.equal(execution.unread, "ls\n");
});

test("a character that two chunks share is whole, and every byte is acknowledged", async () => {
  const { kubectl, port } = created();
  const result = gather((output) => kubectl.run("tab", "cat", output));
  await turn();
  const { id } = port().last("run");
  const text = bytes("更新");
  port().print(id, "stdout", text.slice(0, 4));
  port().print(id, "stdout", text.slice(4));
  port().send({ type: "exit", id, code: 0, refusals: [], unread: "" });
  assert.equal((await result).stdout, "更新");
  const consumed = port().received.flatMap((one) => (one.type === "consumed" ? [one.bytes] : []));
  assert.deepEqual(consumed, [4, 2]);
});

test("an aborted signal is Ctrl-C", async () => {
  const { kubectl, port } = created();
  const controller = new AbortController();
  const result = gather((output) => kubectl.kubectl(["get", "pods", "-w"], output), controller.signal);
  await turn();
  const { id } = port().last("kubectl");
  controller.abort();
  assert.equal(port().last("interrupt").id, id);
  port().send({ type: "exit", id, code: 130, refusals: [], unread: "" });
  assert.equal((await result).code, 130);
});

test("a command that does not end after Ctrl-C takes its worker with it; the next has another", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { kubectl, ports, connections } = created();
  const errors: string[] = [];
  const execution = kubectl.run("tab", "while :; do :; done", (_stream, text) => errors.push(text));
  await kubectl.load();
  execution.interrupt();
  context.mock.timers.tick(10_000);
  assert.equal(await execution.ended, STATUS_KILLED);
  assert.match(errors.join(""), /did not end/);
  assert.equal(ports[0]?.terminated, true);
  assert.deepEqual(connections, ["connect", "disconnect"]);
  await kubectl.load();
  assert.equal(ports.length, 2);
});

test("a panic is an error of what ran, and of nothing else", async () => {
  const { kubectl, port, ports } = created();
  const panics: string[] = [];
  kubectl.on("panic", ({ message }) => panics.push(message));
  const result = gather((output) => kubectl.run("tab", "kubectl get pods", output));
  await turn();
  port().send({ type: "panic", message: "out of memory", stack: "goroutine 1" });
  assert.deepEqual(await result, {
    code: STATUS_KILLED,
    stdout: "",
    stderr: "kubectl has ended: out of memory\n",
  });
  assert.deepEqual(panics, ["out of memory"]);
  void gather((output) => kubectl.run("tab", "true", output));
  await turn();
  assert.equal(ports.length, 2);
});

test("files are stored when they change, and forgotten with the cluster", async () => {
  const { kubectl, port, saved } = created();
  await kubectl.load();
  port().send({ type: "files", files: [{ path: "/root/a", text: "1" }] });
  assert.deepEqual(kubectl.files, [{ path: "/root/a", text: "1" }]);
  let ended = 0;
  kubectl.on("ended", () => ended++);
  kubectl.reset();
  assert.equal(ended, 1);
  assert.deepEqual(saved, [[{ path: "/root/a", text: "1" }], []]);
  assert.equal(port().terminated, true);
});

test("kubectl edit asks the page and is answered", async () => {
  const { kubectl, port } = created();
  const edits: EditRequest[] = [];
  kubectl.on("edit", (request) => edits.push(request));
  await kubectl.load();
  port().send({ type: "edit", id: 3, file: "kubectl-edit-1.yaml", text: "a: 1\n" });
  assert.equal(edits[0]?.text, "a: 1\n");
  edits[0]?.answer("a: 2\n");
  assert.deepEqual(port().last("edited"), { type: "edited", id: 3, text: "a: 2\n" });
});

test("what runs ends when the cluster is restarted", async () => {
  const { kubectl, port, emit } = created();
  const result = gather((output) => kubectl.run("tab", "sleep 1", output));
  await turn();
  emit("start");
  assert.equal((await result).code, STATUS_KILLED);
  assert.equal(port().terminated, true);
});

test("a command finds the editor's files as they are then; one that was deleted is gone", async () => {
  let files: StoredFile[] = [
    { path: "/root/a.yaml", text: "a" },
    { path: "/root/b.yaml", text: "b" },
  ];
  const { kubectl, port } = created([], () => files);
  const written = () =>
    port()
      .received.splice(0)
      .flatMap((message) => (message.type === "file" ? [`${message.path}=${message.text}`] : []));
  void gather((output) => kubectl.run("tab", "ls", output));
  await turn();
  assert.deepEqual(written(), ["/root/a.yaml=a", "/root/b.yaml=b"]);
  files = [{ path: "/root/a.yaml", text: "a2" }];
  void gather((output) => kubectl.run("tab", "ls", output));
  await turn();
  assert.deepEqual(written(), ["/root/b.yaml=null", "/root/a.yaml=a2"]);
  // What a command has written itself is not written back.
  port().send({ type: "files", files: [{ path: "/root/a.yaml", text: "a3" }] });
  files = [{ path: "/root/a.yaml", text: "a3" }];
  void gather((output) => kubectl.run("tab", "ls", output));
  await turn();
  assert.deepEqual(written(), []);
});
