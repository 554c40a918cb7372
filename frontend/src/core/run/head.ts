/** A run as a whole: how it is, since when, and what came of it; folded from its messages. */
import type { Message } from "./messages";

export type RunStatus = "pending" | "running" | "paused" | "waiting" | "completed" | "failed" | "cancelled";

export interface RunHead {
  status: RunStatus;
  startedAt: number | null;
  endedAt: number | null;
  inputs: Record<string, unknown>;
  result: unknown;
  error: string | null;
  /** Where and why it is paused, if it is. */
  pause: Pause | null;
  /** Questions to people that are open, as the server describes them. */
  waiting: readonly Record<string, unknown>[];
}

export interface Pause {
  /** As the state names the node, sub-workflows included. */
  key: string | null;
  /** As commands name it, together with `scope`. */
  node: string | null;
  scope: string;
  when: string | null;
  reason: string;
  /** The number of the record. */
  seq: number;
}

export const NEW_RUN: RunHead = {
  status: "running",
  startedAt: null,
  endedAt: null,
  inputs: {},
  result: null,
  error: null,
  pause: null,
  waiting: [],
};

type OfTheRun = Extract<Message, { type: "status" | "error" | "completion" }>;

/** The run after a message about it as a whole. */
export function headAfter<H extends RunHead>(head: H, message: OfTheRun, at: number): H {
  switch (message.type) {
    case "status": {
      const { inputs, waiting } = message.data;
      return {
        ...head,
        status: message.status,
        startedAt: head.startedAt ?? at,
        inputs: isRecord(inputs) ? inputs : head.inputs,
        pause: message.status === "paused" ? pauseOf(message.data) : null,
        waiting: Array.isArray(waiting) ? waiting.filter(isRecord) : [],
      };
    }
    case "error":
      return { ...head, error: message.error };
    case "completion": {
      const { status, result, error } = message.result;
      return {
        ...head,
        status: isEnd(status) ? status : head.status,
        result,
        error: typeof error === "string" ? error : null,
        endedAt: at,
        pause: null,
        waiting: [],
      };
    }
  }
}

function pauseOf(data: Record<string, unknown>): RunHead["pause"] {
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  return {
    key: text(data.node_id),
    node: text(data.node),
    scope: Array.isArray(data.path) ? data.path.join("/") : "",
    when: text(data.when),
    reason: text(data.reason) ?? "",
    seq: Number(data.seq ?? 0),
  };
}

const isEnd = (value: unknown): value is RunStatus => ["completed", "failed", "cancelled"].includes(String(value));

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
