/** What has come of every Deployment's timeline since the delta before. It follows the frame of the same moment. */
export interface TimelineDelta {
  readonly revision: number;
  readonly time: number;
  /** All that is kept follows: drop what was known. */
  readonly reset: boolean;
  readonly series: readonly TimelineSeries[];
  /** UIDs of Deployments that are gone. */
  readonly removes: readonly string[];
}

/** What is new of one Deployment, oldest first. */
export interface TimelineSeries {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly points: readonly TimelinePoint[];
  readonly marks: readonly TimelineMark[];
}

/** The state from a moment on, until the next point; in pods. */
export interface TimelinePoint {
  readonly time: number;
  readonly revision: number;
  readonly desired: number;
  /** Desired less max unavailable. */
  readonly floor: number;
  /** Desired and max surge. */
  readonly ceiling: number;
  readonly total: number;
  readonly ready: number;
  readonly available: number;
  /** ReplicaSets that have or want pods, by their revision. */
  readonly sets: readonly TimelineSet[];
}

export interface TimelineSet {
  readonly revision: number;
  readonly desired: number;
  readonly total: number;
  readonly ready: number;
  readonly available: number;
}

export interface TimelineMark {
  readonly time: number;
  readonly revision: number;
  readonly source: "change" | "event" | "condition";
  /** The component that reported it; empty for a change of the spec. */
  readonly who: string;
  /** What was changed (see `changes` of the texts), the event's reason, or the condition as type=status. */
  readonly what: string;
  readonly from: string;
  /** The new value, the event's message, or the condition's reason. */
  readonly to: string;
  readonly warning: boolean;
  readonly kind: string;
  readonly name: string;
}
