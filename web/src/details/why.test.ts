import assert from "node:assert/strict";
import { test } from "node:test";
import badTag from "../../../engine/view/diagnose/testdata/bad_tag.yaml";
import budget from "../../../engine/view/diagnose/testdata/budget.yaml";
import drain from "../../../engine/view/diagnose/testdata/drain.yaml";
import noRoom from "../../../engine/view/diagnose/testdata/no_room.yaml";
import paused from "../../../engine/view/diagnose/testdata/paused.yaml";
import quota from "../../../engine/view/diagnose/testdata/quota.yaml";
import readiness from "../../../engine/view/diagnose/testdata/readiness.yaml";
import { type Language, loadText } from "../language/language.ts";
import type { CauseLink } from "../protocol/diagnosis.ts";
import { sentenceOf } from "./why.ts";

/**
 * The stuck rollouts that engine/view/diagnose plays out in a whole cluster, by the
 * root cause that it must find there: what the page says of it.
 */
const SCENARIOS: readonly {
  readonly scenario: string;
  readonly parameters: CauseLink["parameters"];
  readonly says: Readonly<Record<Language, RegExp>>;
}[] = [
  {
    scenario: badTag,
    parameters: { image: "nginx:v9" },
    says: { en: /registry does not have the image nginx:v9/, zh: /镜像仓库里没有 nginx:v9/ },
  },
  {
    scenario: readiness,
    parameters: { container: "main", probe: "http-get :80/" },
    says: { en: /readiness probe.*fail.*http-get :80\//i, zh: /main 的就绪探针失败（http-get :80\/）/ },
  },
  {
    scenario: quota,
    parameters: { quota: "few", requested: "pods=1", used: "pods=2", limited: "pods=2" },
    says: { en: /quota few is used up.*pods=2/, zh: /配额 few.*pods=2/ },
  },
  {
    scenario: noRoom,
    parameters: { resource: "cpu", requested: "64", free: "4", nodes: 3 },
    says: { en: /cpu.*64|64.*cpu/, zh: /cpu.*64|64.*cpu/ },
  },
  {
    scenario: budget,
    parameters: { healthy: 2, desired: 2, expected: 2 },
    says: { en: /\b2\b.*healthy|healthy.*\b2\b/, zh: /健康.*2|2.*健康/ },
  },
  {
    scenario: drain,
    parameters: { healthy: 2, desired: 2, expected: 2 },
    says: { en: /\b2\b.*healthy|healthy.*\b2\b/, zh: /健康.*2|2.*健康/ },
  },
  {
    scenario: paused,
    parameters: { updated: 0, desired: 2 },
    says: { en: /paused/, zh: /暂停/ },
  },
];

for (const { scenario, parameters, says } of SCENARIOS) {
  const comment = /^# (.*)/.exec(scenario)?.[1] ?? "";
  const reason = /^reasons: \[.*?(\w+)\]$/m.exec(scenario)?.[1] ?? "";
  test(`the page names it rightly: ${comment}`, async () => {
    for (const language of ["en", "zh"] as const) {
      const link: CauseLink = {
        object: { kind: "Deployment", namespace: "default", name: "web", uid: "1" },
        reason,
        state: "blocked",
        parameters,
        evidence: [],
        command: "kubectl get deployment web",
      };
      const sentence = sentenceOf(link, await loadText(language));
      assert.match(sentence, says[language], reason);
      assert.doesNotMatch(sentence, /undefined|NaN/);
    }
  });
}
