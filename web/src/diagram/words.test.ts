import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Announcer } from "../dom/announcer.ts";
import { english } from "../language/english.ts";
import type { Item } from "../protocol/topology.ts";
import { imageTag, shortImage, summarize } from "./description.ts";

test("an image in short", () => {
  const image = "registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1";
  assert.equal(shortImage(image), "nginx:v1");
  assert.equal(imageTag(image), "v1");
  assert.equal(imageTag("localhost:5000/nginx"), "nginx");
  assert.equal(shortImage("nginx:1.27@sha256:abcdef"), "nginx:1.27");
});

test("the summary tells of each Deployment and of the pods by state", () => {
  const fields = { namespace: "default", owner: "", created: 0, deleting: 0, revisionSeen: 1 };
  const pod = (uid: string, ready: boolean): Item => ({
    ...fields,
    kind: "Pod",
    uid,
    name: uid,
    phase: "Running",
    status: "Running",
    readyText: "",
    ready,
    restarts: 0,
    node: "node-1",
    ip: "",
    images: [],
    replicaSetHash: "",
    services: [],
  });
  const items: Item[] = [pod("a", true), pod("b", true), pod("c", false)];
  assert.equal(summarize(items, english), "3 pods: 2 ready, 1 not ready.");
  assert.equal(summarize([], english), "The cluster has no workload.");
});

test("announcements come at most every three seconds, the newest wins, and none is lost", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const said: string[] = [];
    const announcer = new Announcer((text) => said.push(text));
    announcer.say(() => "one");
    announcer.say(() => "two");
    announcer.say(() => "three");
    assert.deepEqual(said, ["one"]);
    mock.timers.tick(2999);
    assert.deepEqual(said, ["one"]);
    mock.timers.tick(1);
    assert.deepEqual(said, ["one", "three"]);
    announcer.say(() => "three");
    mock.timers.tick(3000);
    assert.deepEqual(said, ["one", "three"], "what was said is not said again");
    announcer.say(() => "four");
    assert.deepEqual(said, ["one", "three", "four"], "after a silence, at once");
    announcer.say(() => "five");
    announcer.destroy();
    mock.timers.tick(10_000);
    assert.equal(said.length, 3);
  } finally {
    mock.timers.reset();
  }
});
