/** Says who has refused a request, with the parameters of the refusal. */
export type RefusalSentence = (is: Readonly<Record<string, string>>) => string;

/** A sentence for every party of engine/refusal; a test compares the keys and the parameters. */
export const englishRefusals: Readonly<Record<string, RefusalSentence>> = {
  ValidatingPolicy: ({ policy, binding }) =>
    `Refused by the ValidatingAdmissionPolicy ${policy}, which the binding ${binding} puts in force. What it says stands behind “denied request”.`,
  MutatingPolicy: ({ policy, binding }) =>
    `Refused because the MutatingAdmissionPolicy ${policy}, which the binding ${binding} puts in force, could not change the object.`,
  Webhook: ({ webhook }) =>
    `Refused by the admission webhook ${webhook}: a program outside the API server, which a webhook configuration names.`,
  WebhookFailure: ({ webhook }) =>
    `The admission webhook ${webhook} did not answer, and its failurePolicy lets nothing pass without it. Does its Service have a ready pod?`,
  Quota: ({ quota, requested, used, limited }) =>
    `Refused by the ResourceQuota ${quota}: of ${limited}, ${used} is used, and this asks for ${requested}.`,
  QuotaUnspecified: ({ quota, missing }) =>
    `Refused by the ResourceQuota ${quota}: it counts what this does not state, ${missing}.`,
  LimitRange: () =>
    "Refused by a LimitRange of the namespace, which bounds what one container, pod or claim may ask for.",
  PodSecurity: ({ level }) =>
    `Refused by Pod Security admission: a label of the namespace enforces the level ${level}.`,
  ServiceAccount: ({ namespace, account }) =>
    `Refused because the pod runs as the service account ${account}, and the namespace ${namespace} has none of that name.`,
  Authorization: ({ user, verb, resource, namespace }) =>
    `Refused by RBAC: no role that is bound to ${user} allows ${verb} on ${resource}${namespace === "" ? " in the whole cluster" : ` in the namespace ${namespace}`}.`,
  Discovery: ({ kind, version }) =>
    `The cluster has no kind ${kind} in ${version}: no CustomResourceDefinition defines it, or there was none yet when kinds were looked up.`,
};
