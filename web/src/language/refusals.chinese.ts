import type { RefusalSentence } from "./refusals.english.ts";

/** A sentence for every party of engine/refusal; a test compares the keys and the parameters. */
export const chineseRefusals: Readonly<Record<string, RefusalSentence>> = {
  ValidatingPolicy: ({ policy, binding }) =>
    `被 ValidatingAdmissionPolicy ${policy} 拒绝，它由绑定 ${binding} 生效。理由写在 “denied request” 之后。`,
  MutatingPolicy: ({ policy, binding }) =>
    `被拒绝：由绑定 ${binding} 生效的 MutatingAdmissionPolicy ${policy} 未能修改该对象。`,
  Webhook: ({ webhook }) =>
    `被准入 Webhook ${webhook} 拒绝：它是 API 服务器之外的程序，由 Webhook 配置指定。`,
  WebhookFailure: ({ webhook }) =>
    `准入 Webhook ${webhook} 没有应答，而它的 failurePolicy 不允许绕过。它的 Service 有就绪的 Pod 吗？`,
  Quota: ({ quota, requested, used, limited }) =>
    `被 ResourceQuota ${quota} 拒绝：上限 ${limited}，已用 ${used}，这次还要 ${requested}。`,
  QuotaUnspecified: ({ quota, missing }) =>
    `被 ResourceQuota ${quota} 拒绝：它要统计的内容没有写明：${missing}。`,
  LimitRange: () => "被该命名空间的 LimitRange 拒绝：它限定单个容器、Pod 或 PVC 可以申请的资源。",
  PodSecurity: ({ level }) => `被 Pod 安全准入拒绝：命名空间的标签强制执行 ${level} 级别。`,
  ServiceAccount: ({ namespace, account }) =>
    `被拒绝：Pod 要以服务账号 ${account} 运行，而命名空间 ${namespace} 里没有这个账号。`,
  Authorization: ({ user, verb, resource, namespace }) =>
    `被 RBAC 拒绝：${user} 所绑定的角色都不允许${namespace === "" ? "在整个集群" : `在命名空间 ${namespace} 中`}对 ${resource} 执行 ${verb}。`,
  Discovery: ({ kind, version }) =>
    `集群里没有 ${version} 的类型 ${kind}：没有 CustomResourceDefinition 定义它，或者查找类型时它还不存在。`,
};
