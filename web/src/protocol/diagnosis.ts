/** Why an object is not as it should be: from the symptom to the root cause. */
export interface Diagnosis {
  readonly object: ObjectReference;
  readonly time: number;
  readonly state: CauseState;
  readonly chain: readonly CauseLink[];
}

/** `waiting` resolves by itself, `held` is what somebody asked for, `blocked` needs somebody to act. */
export type CauseState = "fine" | "waiting" | "held" | "blocked";

export interface ObjectReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Empty for an object that does not exist. */
  readonly uid: string;
}

export interface CauseLink {
  readonly object: ObjectReference;
  /** One of engine/view/diagnose/reasons.go, which lists the parameters of each. */
  readonly reason: string;
  readonly state: CauseState;
  readonly parameters: Readonly<Record<string, string | number | readonly string[]>>;
  readonly evidence: readonly CauseEvidence[];
  /** The kubectl command that shows it in any cluster. */
  readonly command: string;
}

export interface CauseEvidence {
  readonly source: "condition" | "event" | "field";
  readonly name: string;
  readonly text: string;
}

/** What the Deployment controller computes; in pods. */
export interface Arithmetic {
  readonly strategy: string;
  readonly paused: boolean;
  readonly desired: number;
  readonly surge: ArithmeticBound;
  readonly unavailable: ArithmeticBound;
  readonly ceiling: number;
  readonly floor: number;
  readonly total: number;
  readonly available: number;
  readonly new: number;
  readonly newAvailable: number;
  readonly old: number;
  readonly oldUnhealthy: number;
  readonly scaleUp: number;
  readonly scaleDown: number;
  readonly cleanUp: number;
  readonly next: "create" | "scaleUp" | "scaleDown" | "share" | "wait" | "rest";
  /** The sizes that it sets for that, in order. */
  readonly plan: readonly ArithmeticResize[];
}

/** `replicaSet` is empty for one that is still to be created. */
export interface ArithmeticResize {
  readonly replicaSet: string;
  readonly from: number;
  readonly to: number;
}

export interface ArithmeticBound {
  /** Such as `25%`. */
  readonly written: string;
  /** Of a percentage before rounding, such as `1.25`; else empty. */
  readonly exact: string;
  readonly pods: number;
}

export interface Explanation {
  readonly diagnosis: Diagnosis;
  /** Of a Deployment. */
  readonly arithmetic: Arithmetic | null;
}
