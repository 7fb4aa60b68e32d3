import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientEvents } from "../client/client.ts";
import { Emitter } from "../client/emitter.ts";
import type { KubectlEvents } from "../client/kubectl/contract.ts";
import type { LessonCommand, LessonReport } from "../protocol/lesson.ts";
import type { RunHost } from "./host.ts";
import { type LessonRecord, newRecord } from "./record.ts";
import { LessonRun, NoMoment, type Runnable } from "./run.ts";

const KEPT = { began: "2026-12-07T09:00:10Z" };
const VERSION = { tabernetes: "", kubernetes: "" };

const LESSON = {
  id: "undo",
  plan: {
    start: { time: "2026-12-07T09:00:00Z", manifests: [{ name: "web.yaml" }] },
    steps: [
      {
        id: "one",
        checks: [{ id: "a" }],
        questions: [{ id: "most", kind: "number" as const, answer: ["4"] }],
      },
      { id: "two", checks: [{ id: "b" }] },
    ],
  },
  files: { "patch.yaml": "spec: {}" },
  manifests: { "web.yaml": "kind: Deployment" },
};

/** A run, with what it has asked of the cluster, which is in the hands of the test. */
function running(
  kept?: LessonRecord,
  { restored = false, isOwn = true, fits = true, lesson = LESSON as Runnable } = {},
) {
  const commands: string[] = [];
  const events = new Emitter<ClientEvents>();
  const typed = new Emitter<KubectlEvents>();
  let saved = kept;
  const cluster = { imported: false, first: 1, last: 10, fits };
  const host = {
    client: {
      ready: Promise.resolve({ version: VERSION, bootMilliseconds: 0, restored }),
      get imported() {
        return cluster.imported;
      },
      clock: undefined,
      on: (event: never, listener: never) => events.on(event, listener),
      command: async ({ kind }: { kind: string }) => void commands.push(kind),
      lesson: async (command: LessonCommand) => {
        commands.push("step" in command ? `${command.kind} ${command.step}` : command.kind);
        return command.kind === "open" ? (command.kept ?? KEPT) : null;
      },
      revisions: async () => ({ first: cluster.first, last: cluster.last }),
      restore: async (revision: number) => {
        commands.push(`restore ${revision}`);
        events.emit("start", undefined);
        cluster.imported = true;
        events.emit("ready", { version: VERSION, bootMilliseconds: 0, restored: false });
        await turn();
      },
    },
    shell: {
      on: (event: never, listener: never) => typed.on(event, listener),
      restore: (files: readonly { path: string }[]) =>
        commands.push(`files ${files.map(({ path }) => path)}`),
    },
    rate: 1,
    fits: () => cluster.fits,
    load: () => saved,
    save: (record: LessonRecord | undefined) => {
      saved = record;
    },
    show: async () => 0,
    run: async () => 0,
    reset: async () => {
      commands.push("reset");
      cluster.fits = true;
    },
  } as unknown as RunHost;
  const run = new LessonRun(host, lesson, isOwn, () => undefined);
  const report = (step: string, passed: boolean, answers = {}): LessonReport => ({
    step,
    passed,
    checks: [{ id: "a", state: passed ? "met" : "missing", sentence: "met" }],
    answers,
    kept: KEPT,
  });
  return {
    run,
    commands,
    cluster,
    saved: () => saved,
    told: async (step: string, passed: boolean, answers = {}) => {
      events.emit("lesson", report(step, passed, answers));
      await turn();
    },
    type: (line: string) => typed.emit("ran", { line, status: 0 }),
  };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

test("in a new cluster the start is made, out of sight, and the first step opens", async () => {
  const { run, commands, saved } = running();
  await turn();
  const made = ["files /root/patch.yaml", "resume", "rate", "begin", "rate", "open one"];
  assert.deepEqual(commands, made);
  assert.equal(run.phase, "running");
  assert.deepEqual(saved(), {
    ...newRecord({ id: "undo" }),
    begun: true,
    step: "one",
    kept: KEPT,
    moments: { one: 10 },
  });
});

test("a step that is passed opens the next, the last one ends the lesson, and answers are the cluster's", async () => {
  const { run, commands, told, type } = running();
  await turn();
  const [one] = LESSON.plan.steps;
  const question = one?.questions?.[0];
  assert.ok(one !== undefined && question !== undefined);
  run.guess(one, question, ["5"]);
  await told("two", true); // not the one that is open
  assert.deepEqual(run.record.passed, []);
  await told("one", true, { most: ["3"] });
  run.guess(one, question, ["3"]); // too late
  assert.deepEqual(run.record.guesses, { "one/most": ["5"] });
  assert.deepEqual(run.record.answers, { "one/most": ["3"] });
  type("kubectl get pods");
  await told("two", true);
  assert.deepEqual(commands.slice(6), ["open two", "ran", "close"]);
  assert.ok(run.isOver);
  assert.equal(run.record.step, undefined);
});

test("after a reload the lesson goes on where it was", async () => {
  const record = { ...newRecord({ id: "undo" }), begun: true, step: "two", kept: KEPT, passed: ["one"] };
  const { run, commands } = running(record, { restored: true });
  await turn();
  assert.deepEqual(commands, ["send", "open two"]);
  assert.deepEqual(run.record, record);
});

test("a start that was interrupted is made again; a cluster of somebody else's is left alone", async () => {
  const interrupted = running(newRecord({ id: "undo" }), { restored: true });
  const foreign = running(undefined, { restored: true, isOwn: false });
  await turn();
  assert.deepEqual(interrupted.commands, ["reset"]);
  assert.deepEqual(foreign.commands, []);
  assert.equal(foreign.run.phase, "elsewhere");
  assert.equal(foreign.saved(), undefined);
});

test("a new cluster that has not what the start asks for is replaced first", async () => {
  const { commands } = running(undefined, { fits: false });
  await turn();
  assert.deepEqual(commands, ["reset"]);
});

test("a lesson from outside does not go on where one of the site with its id was", async () => {
  const record = { ...newRecord({ id: "undo" }), begun: true, step: "two", kept: KEPT, passed: ["one"] };
  const { run } = running(record, { lesson: { ...LESSON, foreign: true } });
  await turn();
  assert.deepEqual(run.record.passed, []);
  assert.equal(run.record.foreign, true);
});

test("a step begins again at its revision, and what was before it stays", async () => {
  const { run, commands, cluster, told } = running();
  await turn();
  await told("one", true);
  cluster.last = 30;
  run.hint("two");
  await run.resetStep("two");
  assert.deepEqual(commands.slice(7), ["restore 10", "send", "open two"]);
  assert.deepEqual(run.record.passed, ["one"]);
  assert.deepEqual(run.record.hints, {});
  cluster.first = 31;
  await assert.rejects(run.resetStep("two"), NoMoment);
});
