/** What is known of one activation: a node, in one round of the loops around it. */
import type { Step, Used } from "./messages";

export type ActivationStatus =
  | "pending"
  | "running"
  | "completed"
  | "failed"
  | "skipped"
  | "waiting"
  | "cancelled"
  | "paused";

export interface LiveStep {
  key: string;
  kind: string;
  name: string;
  status: Step["status"];
  startedAt: number;
  endedAt: number | null;
  data: unknown;
}

export interface Activation {
  /** `node` at the top, `loop[2]/node` in the third round. */
  key: string;
  nodeId: string;
  path: readonly string[];
  attempt: number;
  /** The record with which its first attempt began; 0 as long as that is not known. */
  seq: number;
  status: ActivationStatus;
  startedAt: number | null;
  endedAt: number | null;
  input: unknown;
  output: unknown;
  error: string | null;
  usage: Used | null;
  /** The end of what the model writes: as much as a node shows. The whole of it is in `chunks`. */
  tail: string;
  /** Characters that came since the model began to write, and when the first ones did. */
  written: number;
  firstPieceAt: number | null;
  steps: readonly LiveStep[];
}

export const activationKey = (nodeId: string, path: readonly string[]): string => [...path, nodeId].join("/");

export function newActivation(nodeId: string, path: readonly string[], attempt: number): Activation {
  return {
    key: activationKey(nodeId, path),
    nodeId,
    path,
    attempt,
    seq: 0,
    status: "pending",
    startedAt: null,
    endedAt: null,
    input: null,
    output: null,
    error: null,
    usage: null,
    tail: "",
    written: 0,
    firstPieceAt: null,
    steps: [],
  };
}
