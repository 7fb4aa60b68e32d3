import assert from "node:assert/strict";
import { test } from "node:test";
import { readQuery } from "./query.ts";

test("without a query, the defaults", () => {
  assert.deepEqual(
    readQuery("", () => 42),
    {
      boot: {
        cluster: "default",
        seed: 42,
        startTime: null,
        rate: 1,
        paused: false,
        storage: "indexeddb",
        instantKubelet: false,
        nodes: 3,
        machines: "",
      },
      rateGiven: false,
      seedGiven: false,
      lesson: { id: undefined, source: undefined, shows: { hints: true, solutions: true }, inClass: false },
      language: undefined,
      theme: undefined,
    },
  );
});

test("every option", () => {
  const query = readQuery(
    "?cluster=t1&seed=7&start=2026-01-01T00:00:00Z&rate=unlimited&storage=memory&kubelet=instant&nodes=5&lesson=rolling-update&src=a.zip&hints=0&solutions=0&class=1&lang=zh-CN&theme=dark",
    () => 42,
  );
  assert.deepEqual(query, {
    boot: {
      cluster: "t1",
      seed: 7,
      startTime: Date.UTC(2026, 0, 1),
      rate: Number.POSITIVE_INFINITY,
      paused: false,
      storage: "memory",
      instantKubelet: true,
      nodes: 5,
      machines: "",
    },
    rateGiven: true,
    seedGiven: true,
    lesson: {
      id: "rolling-update",
      source: "a.zip",
      shows: { hints: false, solutions: false },
      inClass: true,
    },
    language: "zh",
    theme: "dark",
  });
});

test("a lesson has a cluster of its own, unless the address names one", () => {
  const clusterOf = (search: string) => readQuery(search, () => 42).boot.cluster;
  assert.equal(clusterOf("?lesson=undo"), "lesson.undo");
  assert.equal(clusterOf("?lesson=undo&cluster=mine"), "mine");
  assert.equal(clusterOf("?lesson=../undo"), "default");
  assert.equal(clusterOf("?src=tutorials/undo.zip"), "address.tutorials.undo.zip");
  assert.match(
    clusterOf(`?src=${encodeURIComponent(`https://a.example/${"课".repeat(99)}`)}`),
    /^address\.[a-z0-9-]{50}$/,
  );
});

test("nonsense leaves the default", () => {
  const { boot, theme, language } = readQuery(
    "?cluster=../x&seed=-1&start=yesterday&rate=1e9&nodes=1000000&theme=pink&lang=tlh",
    () => 42,
  );
  assert.deepEqual(boot, readQuery("", () => 42).boot);
  assert.equal(theme, undefined);
  assert.equal(language, undefined);
});
