import type { CauseSentence } from "./causes.english.ts";

/** 与 causes.english.ts 的键一一对应。Kubernetes 自己的词不翻译。 */
export const chineseCauses: Readonly<Record<string, CauseSentence>> = {
  Finalizers: (is) => `要等 finalizer 清空才会真正删除：${is.text("finalizers")}。需由设置者移除。`,
  NotObserved: (is) =>
    `控制器还没看到最新的 spec（generation ${is.text("observed")} / ${is.text("generation")}）。`,

  ConditionReported: (is) =>
    `它的控制器报告 ${is.text("condition")}=${is.text("status")}${is.text("reason") === "" ? "" : `（${is.text("reason")}）`}${is.text("message") === "" ? "。" : `：${is.text("message")}`}`,
  WorkloadTroubled: (is) => `属于它的 ${is.text("kind")} ${is.text("name")} 不正常。`,
  NobodyActs: (is) =>
    `API 服务器保存着这个 ${is.text("kind")}，但还没有控制器为它写入状态或创建任何东西。定义只带来一种类型，不带来处理它的程序。`,

  DeploymentPaused: (is) =>
    `滚动更新已暂停，${is.text("desired")} 个 Pod 中更新了 ${is.text("updated")} 个。恢复后才会继续。`,
  ProgressDeadlineExceeded: (is) =>
    `滚动更新已有 ${is.text("seconds")} 秒没有进展，视为失败：${is.text("desired")} 个 Pod 中更新了 ${is.text("updated")} 个，可用 ${is.text("available")} 个。控制器仍会继续尝试。`,
  RolloutIncomplete: (is) =>
    `滚动更新尚未完成：${is.text("desired")} 个 Pod 中更新了 ${is.text("updated")} 个，可用 ${is.text("available")} 个。`,
  RolloutBound: (is) =>
    `控制器既不能增加也不能减少 Pod：现有 ${is.text("total")} 个，上限 ${is.text("ceiling")} 个；可用 ${is.text("available")} 个，下限 ${is.text("floor")} 个。它在等新 Pod 变为可用。`,

  CreateRefused: (is) => `API server 拒绝创建 Pod：${is.text("desired")} 个中还缺 ${is.text("missing")} 个。`,
  AdmissionRefused: () => "准入控制不允许这样的 Pod，原因见消息。",
  PodsUnavailable: (is) => `${is.text("desired")} 个 Pod 中有 ${is.text("count")} 个还不能算可用。`,
  Scaling: (is) => `现有 ${is.text("current")} 个 Pod，期望 ${is.text("desired")} 个，正在创建或删除其余的。`,
  OrderedPods: (is) =>
    `Pod 要按顺序逐个创建：${is.text("pod")} 必须先就绪。${is.text("desired")} 个中已有 ${is.text("current")} 个。`,
  UpdateOnDelete: (is) =>
    `更新策略是 OnDelete：${is.text("desired")} 个 Pod 中更新了 ${is.text("updated")} 个，其余要等有人删除后才会更新。`,
  UpdatePartition: (is) =>
    `partition 为 ${is.text("partition")}，序号更小的 Pod 保持旧版本：${is.text("desired")} 个中更新了 ${is.text("updated")} 个。`,
  NoNodeSelected: (is) => `没有节点符合 ${is.text("selector")}，所以哪里都不运行。`,
  JobFailed: (is) => `Job 已失败（${is.text("reason")}），失败的 Pod 有 ${is.text("failed")} 个。`,
  JobRunning: (is) => `Job 正在运行：已完成 ${is.text("succeeded")} / ${is.text("desired")}。`,
  Suspended: () => "已挂起，恢复之前不会启动任何东西。",
  ScheduleNotUsable: (is) => `无法按 ${is.text("schedule")} 调度。`,
  QuotaExceeded: (is) =>
    `配额 ${is.text("quota")} 已用完：已用 ${is.text("used")}，上限 ${is.text("limited")}，再建一个 Pod 需要 ${is.text("requested")}。`,
  QuotaUnspecified: (is) =>
    `配额 ${is.text("quota")} 要统计的内容，Pod 没有写明：${is.text("missing")}。请在 Pod 模板里写明，或者给命名空间一个带默认值的 LimitRange。`,
  LimitRangeRefused: (is) => `命名空间的 LimitRange 不允许这样的 Pod：${is.text("message")}。`,
  PodSecurityRefused: (is) =>
    `Pod 安全准入不允许这样的 Pod：命名空间的标签强制执行 ${is.text("level")}，而 Pod 违反了它：${is.text("message")}。`,
  PolicyRefused: (is) =>
    `由绑定 ${is.text("binding")} 生效的 ${is.text("kind")} ${is.text("policy")} 不允许这样的 Pod：${is.text("message")}`,
  WebhookRefused: (is) => `准入 Webhook ${is.text("webhook")} 不允许这样的 Pod：${is.text("message")}`,
  WebhookFailed: (is) =>
    `准入 Webhook ${is.text("webhook")} 没有应答，而它的 failurePolicy 不允许绕过：${is.text("message")}`,
  ServiceAccountMissing: (is) =>
    `Pod 要以服务账号 ${is.text("account")} 运行，而命名空间 ${is.text("namespace")} 里没有这个账号。`,
  ScalerNotActive: (is) => `自动伸缩无法工作（${is.text("reason")}）。`,
  ScalingLimited: (is) => `自动伸缩还想继续，但受自身上下限约束（${is.text("reason")}）。`,
  TerminatingReplica: (is) => `还有 ${is.text("count")} 个 Pod 正在终止。`,

  NotScheduledYet: () => "调度器还没有选定节点。",
  SchedulingGated: (is) => `被 schedulingGates 挡住：${is.text("gates")}。`,
  Unschedulable: (is) => `调度器在 ${is.text("nodes")} 个节点中找不到合适的节点。`,
  InsufficientResource: (is) =>
    `它请求 ${is.text("requested")} ${is.text("resource")}，剩余最多的节点只有 ${is.text("free")}。因此排除了 ${is.text("nodes")} 个节点。`,
  TooManyPods: (is) => `${is.text("nodes")} 个节点上的 Pod 数已达上限。`,
  UntoleratedTaint: (is) => `它不容忍 ${is.text("nodes")} 的污点 ${is.text("taints")}。`,
  NodesCordoned: (is) => `${is.text("names")} 已被 cordon，不再接收新 Pod。`,
  NodeSelector: (is) => `它只能运行在 ${is.text("selector")} 的节点上，因此排除了 ${is.text("nodes")}。`,
  SchedulerRefused: (is) => `调度器说：${is.text("message")}`,

  VolumeUnbound: (is) => `存储卷声明 ${is.text("claim")} 没有绑定到存储卷。`,
  ClaimMissing: (is) => `它的命名空间中没有存储卷声明 ${is.text("claim")}。`,
  VolumeElsewhere: (is) =>
    `${is.text("claims")} 的存储卷在别的节点上，因此排除了 ${is.text("nodes")} 个节点。`,
  NoStorageClass: (is) =>
    `它没有写存储类，也没有不属于任何类的存储卷能提供 ${is.text("requested")}，不会有谁为它创建存储卷。`,
  StorageClassMissing: (is) => `既没有存储类 ${is.text("class")}，也没有该类的存储卷。`,
  WaitsForFirstPod: (is) => `${is.text("class")} 类的存储卷要等第一个使用此声明的 Pod 分配到节点后才会创建。`,
  NoFittingVolume: (is) =>
    is.text("volumes") === ""
      ? `没有谁创建 ${is.text("class")} 类的存储卷，现有的也没有合适的（${is.text("requested")}）。`
      : `没有谁创建 ${is.text("class")} 类的存储卷，现有的都不合适：${is.text("volumes")}。`,
  Provisioning: (is) => `${is.text("provisioner")} 正在为它创建存储卷。`,
  ProvisioningFailed: (is) => `${is.text("provisioner")} 无法创建存储卷：${is.text("message")}`,
  ProvisionerSilent: (is) => `${is.text("provisioner")} 还没有创建存储卷。这个集群里有这个制备器在运行吗？`,
  VolumeLost: (is) => `它的存储卷 ${is.text("volume")} 已不存在，数据也随之丢失。`,
  ClaimInUse: (is) => `要等没有 Pod 使用它才会删除：${is.text("pods")}。`,
  VolumeReleased: (is) =>
    `它的声明 ${is.text("claim")} 已删除。回收策略 Retain 保留数据；在移除 claimRef 之前，谁也不能再声明它。`,
  VolumeFailed: (is) => `无法回收存储卷：${is.text("message")}`,

  ContainerWaiting: (is) => `容器 ${is.text("container")} 没有启动：${is.text("reason")}。`,
  ContainerCreating: (is) => `节点正在用 ${is.text("image")} 准备容器 ${is.text("container")}。`,
  ImageNotFound: (is) => `镜像仓库里没有 ${is.text("image")}。标签写对了吗?`,
  ImageAccessDenied: (is) => `没有凭据（imagePullSecrets），仓库不给 ${is.text("image")}；或者它根本不存在。`,
  RegistryUnreachable: (is) => `节点连不上 ${is.text("image")} 的镜像仓库。`,
  ImageNameInvalid: (is) => `${is.text("image")} 不是合法的镜像名。`,
  ImageNeverPulled: (is) => `拉取策略是 Never，而 ${is.text("node")} 上没有 ${is.text("image")}。`,
  ImagePullFailed: (is) => `节点拉取 ${is.text("image")} 失败。`,
  ConfigMissing: (is) => `它引用的 ${is.text("kind")} ${is.text("name")} 不存在。`,
  ConfigKeyMissing: (is) => `${is.text("kind")} ${is.text("name")} 中没有键 ${is.text("key")}。`,
  ContainerCannotStart: (is) => `容器运行时无法启动 ${is.text("container")}。`,
  CrashLoop: (is) =>
    `容器 ${is.text("container")} 反复退出（已重启 ${is.text("restarts")} 次），节点每次重试前等得更久。`,
  ContainerExited: (is) => `进程以退出码 ${is.text("code")} 结束。原因见上一次运行的日志。`,
  OutOfMemory: (is) =>
    is.text("limit") === ""
      ? `内核杀死了 ${is.text("container")}：节点内存耗尽。`
      : `内核杀死了 ${is.text("container")}：内存用量超过上限 ${is.text("limit")}。`,
  LivenessProbeFailing: (is) =>
    `${is.text("container")} 的存活探针失败（${is.text("probe")}），节点因此杀死它。`,
  StartupProbeFailing: (is) => `${is.text("container")} 的启动探针还没有成功（${is.text("probe")}）。`,
  ReadinessProbeFailing: (is) => `${is.text("container")} 的就绪探针失败（${is.text("probe")}）。`,
  ProbePending: (is) => `${is.text("container")} 的探针还没有结果（${is.text("probe")}）。`,
  InitContainerRunning: (is) => `要等 init 容器 ${is.text("container")} 先结束。`,
  PodNotReady: (is) =>
    is.list("containers").length === 0 ? "Pod 未就绪。" : `Pod 在运行但未就绪：${is.text("containers")}。`,
  ReadinessGate: (is) => `它在等条件 ${is.text("condition")}，这要由外部来设置。`,
  MinReadySeconds: (is) =>
    `它已就绪，满 ${is.text("seconds")} 秒后才算可用，还差 ${is.text("remaining")} 秒。`,
  PodFailed: (is) => `Pod 已失败（${is.text("reason")}），不会再启动。`,
  Terminating: (is) =>
    is.number("remaining") === 0
      ? "它正在终止，宽限期已过。"
      : `它正在终止，进程最多还有 ${is.text("remaining")} 秒，之后会被杀死。`,
  ContainerNotRestarting: (is) =>
    `${is.text("container")} 以退出码 ${is.text("code")} 结束，不会再启动（restartPolicy ${is.text("policy")}）。`,

  NodeDown: (is) =>
    is.text("status") === "NotFound"
      ? `节点 ${is.text("node")} 已不存在。`
      : `节点 ${is.text("node")} 未就绪（${is.text("status")}）：那里没有人启动、停止或上报容器。`,
  NodeCordoned: (is) => `节点已被 cordon，不再接收新 Pod。上面还有 ${is.text("pods")} 个 Pod。`,
  DrainBlocked: (is) => `drain 无法继续：有 PodDisruptionBudget 保护 ${is.text("pods")}。`,
  DisruptionsNotAllowed: (is) =>
    `PodDisruptionBudget 不允许驱逐：${is.text("expected")} 个 Pod 中健康的有 ${is.text("healthy")} 个，至少要 ${is.text("desired")} 个。`,
  BudgetSelectsNoPods: (is) => `没有 Pod 符合它的选择器 ${is.text("selector")}，所以它什么也没保护。`,

  NoEndpoints: () => "这个 Service 没有就绪的端点，发给它的请求会失败。",
  SelectorMatchesNone: (is) => `没有 Pod 带有选择器要求的标签：${is.text("selector")}。`,
  NoPodReady: (is) => `选择器匹配到 ${is.text("pods")} 个 Pod，但没有一个就绪。`,
  TargetPortMissing: (is) => `它的 Pod 中没有容器有名为 ${is.text("port")} 的端口。`,
  NamespaceTerminating: () => "命名空间正在连同其中的一切一起删除。",
};
