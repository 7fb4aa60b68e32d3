/** `service` is `name` or `namespace/name`, with `:port` (number or name) behind it unless the first port is meant. */
export type TrafficCommand =
  /** Sends `perSecond` (1 to 1000) requests each cluster second; a client that the service has begins again. */
  | {
      readonly kind: "start";
      readonly service: string;
      readonly perSecond: number;
      /** Empty means `/`. */
      readonly path: string;
      /** Cluster time after which a request is given up; 0 means 5 s. */
      readonly timeoutMilliseconds: number;
    }
  /** The counts stay until the next start. */
  | { readonly kind: "stop"; readonly service: string }
  | { readonly kind: "stats"; readonly service: string }
  /** Every client, in the order of their start. */
  | { readonly kind: "all" };

/** The result of a request; `ok` is an answer below 400. See engine/node/traffic/result.go. */
export type TrafficResult =
  | "ok"
  | "http4xx"
  | "http5xx"
  | "refused"
  | "reset"
  | "closed"
  | "timedOut"
  | "noEndpoints"
  | "unresolved";

export type TrafficCounts = { readonly [Result in TrafficResult]?: number };

/** The counts of one client since it was started. */
export interface TrafficStats {
  /** `namespace/name`. */
  readonly service: string;
  /** 0 when it was stopped. */
  readonly perSecond: number;
  readonly started: number;
  readonly sent: number;
  /** Sent and without a result yet. */
  readonly inFlight: number;
  readonly ok: number;
  readonly failed: number;
  readonly byResult: TrafficCounts;
  /** `ok` by the tag of the image that answered. */
  readonly byVersion: Readonly<Record<string, number>>;
  /** `ok` by the name of the pod that answered. */
  readonly byPod: Readonly<Record<string, number>>;
  /** The last 600 cluster seconds in which a result came, oldest first. */
  readonly seconds: readonly TrafficSecond[];
}

export interface TrafficSecond {
  /** When it began. */
  readonly time: number;
  readonly byResult: TrafficCounts;
  readonly byVersion: Readonly<Record<string, number>>;
}

/** Of the client that was meant, after the command; of all for `all`. */
export interface TrafficReply {
  readonly clients: readonly TrafficStats[];
}
