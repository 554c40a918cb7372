/** A stretch of a run: an attempt at a node, a call of a model or tool within it, or a round around it. */
import type { ActivationStatus } from "../run/activation";

export interface Interval {
  from: number;
  /** null: it goes on. */
  to: number | null;
}

export interface SpanUse {
  input: number;
  output: number;
  cost: number | null;
  modelCalls: number;
}

export const NO_USE: SpanUse = { input: 0, output: 0, cost: null, modelCalls: 0 };

export type SpanKind = "node" | "round" | "step";

export interface Span {
  key: string;
  kind: SpanKind;
  parent: string | null;
  nodeId: string;
  path: readonly string[];
  attempt: number;
  /** Of a step what was called, of a round its number. */
  name: string;
  stepKind: string;
  status: ActivationStatus;
  start: number | null;
  end: number | null;
  firstPiece: number | null;
  waits: Interval[];
  /** The record before which it began: where a fork leaves. */
  seq: number;
  input: unknown;
  output: unknown;
  error: string | null;
  use: SpanUse;
}

export const isGoing = ({ status }: Pick<Span, "status">): boolean =>
  ["running", "waiting", "paused", "pending"].includes(status);

export function added(a: SpanUse, b: SpanUse): SpanUse {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cost: a.cost === null && b.cost === null ? null : (a.cost ?? 0) + (b.cost ?? 0),
    modelCalls: a.modelCalls + b.modelCalls,
  };
}
