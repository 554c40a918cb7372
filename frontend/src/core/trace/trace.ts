/**
 * The whole history of one run as spans, folded from its messages: every attempt, every call, every round. Other than
 * the live store of the canvas, which shows the latest of each node, it forgets nothing.
 */
import { headAfter, NEW_RUN, type RunHead } from "../run/head";
import type { Line, Message, NodeUpdate, Step } from "../run/messages";
import type { ActivationStatus } from "../run/activation";
import { NO_USE, type Span, type SpanUse } from "./span";

export interface TraceHead extends RunHead {
  /** The time of the last message. */
  last: number;
}

type Schedule = (flush: () => void) => void;
const CALM_MS = 100;
const calmly: Schedule = (flush) => void setTimeout(flush, CALM_MS);

export class Trace {
  readonly spans = new Map<string, Span>();
  readonly logs: Line[] = [];
  /** When text came, and how much. */
  readonly pieces: { at: number; size: number }[] = [];
  head: TraceHead = { ...NEW_RUN, last: 0 };
  /** Grows with every change that listeners were told. */
  version = 0;

  readonly #texts = new Map<string, string[]>();
  readonly #attempts = new Map<string, string>(); // activation → the key of its latest attempt
  readonly #models = new Map<string, Span>(); // attempt → its call of a model that goes on
  readonly #listeners = new Set<() => void>();
  #scheduled = false;

  constructor(private readonly schedule: Schedule = calmly) {}

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** What a model wrote in a step, or in an attempt that has no steps. */
  text(key: string): string {
    const pieces = this.#texts.get(key) ?? [];
    const text = pieces.join("");
    if (pieces.length > 1) this.#texts.set(key, [text]);
    return text;
  }

  take(messages: readonly Message[]): void {
    for (const message of messages) this.#fold(message);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.schedule(() => {
      this.#scheduled = false;
      this.version += 1;
      for (const listener of this.#listeners) listener();
    });
  }

  #fold(message: Message): void {
    const at = Date.parse(message.timestamp);
    this.head.last = Math.max(this.head.last, at);
    switch (message.type) {
      case "node_update":
        this.#node(message, at);
        return;
      case "step":
        this.#step(message, at);
        return;
      case "token": {
        this.pieces.push({ at, size: message.text.length });
        const attempt = this.#attempt(message, at);
        const span = this.#models.get(attempt.key) ?? attempt;
        span.firstPiece ??= at;
        if (message.kind !== "text") return;
        const pieces = this.#texts.get(span.key);
        if (pieces) pieces.push(message.text);
        else this.#texts.set(span.key, [message.text]);
        return;
      }
      case "log":
        this.logs.push(message.log);
        return;
      case "status":
      case "error":
      case "completion":
        this.head = headAfter(this.head, message, at);
        return;
      default:
        // A newer server may say more; what is not known is not shown.
        message satisfies never;
    }
  }

  #node(message: NodeUpdate, at: number): void {
    const state = message.node_state;
    const status = String(state.status) as ActivationStatus;
    const span = this.#attempt(message, at);
    const error = typeof state.error === "string" ? state.error : null;
    const isNew = span.seq === message.seq;
    if (state.input !== null && state.input !== undefined) span.input = state.input;
    const open = span.waits.at(-1);
    if (status !== "waiting" && open?.to === null) open.to = at;
    if (status === "running" && error !== null) {
      // It failed and will be tried again: this attempt is over.
      Object.assign(span, { status: "failed", error, end: at });
      return;
    }
    span.status = status;
    span.error = error;
    if (status === "waiting") span.waits.push({ from: at, to: null });
    else if (status !== "running" && status !== "pending") {
      span.end = at;
      span.output = state.output ?? null;
      // What never began took no time.
      if (isNew && state.started_at === null) span.start = null;
    }
  }

  #step(message: Step, at: number): void {
    const attempt = this.#attempt(message, at);
    const key = `${attempt.key}>${message.key}`;
    const known = this.spans.get(key);
    if (message.status === "started" || !known) {
      this.#texts.delete(key);
      const step: Span = {
        ...blank(key, message, at),
        kind: "step",
        parent: attempt.key,
        name: message.name,
        stepKind: message.kind,
        status: "running",
        input: message.status === "started" ? message.data : null,
      };
      this.spans.set(key, step);
      if (message.kind === "model") this.#models.set(attempt.key, step);
      if (message.status === "started") return;
    }
    const span = this.spans.get(key);
    if (!span) return;
    if (this.#models.get(attempt.key) === span) this.#models.delete(attempt.key);
    span.end = at;
    span.status = message.status === "failed" ? "failed" : "completed";
    if (message.status === "failed") span.error = textOf(message.data);
    else span.output = message.data;
    span.use = message.kind === "model" ? usedBy(message.usage) : NO_USE;
  }

  /** The attempt that a message is about; made if it is new, with the rounds around it. */
  #attempt(message: Pick<NodeUpdate, "node_id" | "path" | "attempt" | "seq">, at: number): Span {
    const { node_id: nodeId, path, attempt } = message;
    const activation = [...path, nodeId].join("/");
    const key = attempt > 1 ? `${activation}#${attempt}` : activation;
    const known = this.spans.get(key);
    if (known) return known;
    const span: Span = { ...blank(key, message, at), parent: this.#round(path, at) };
    this.spans.set(key, span);
    this.#attempts.set(`${path.join("/")}|${nodeId.slice(nodeId.lastIndexOf("/") + 1)}`, key);
    return span;
  }

  /** The key of the round that a path leads into. */
  #round(path: readonly string[], at: number): string | null {
    const last = path.at(-1);
    if (last === undefined) return null;
    const key = `@${path.join("/")}`;
    if (this.spans.has(key)) return key;
    const outer = path.slice(0, -1);
    const [, container = last, number = "0"] = /^(.*)\[(\d+)\]$/.exec(last) ?? [];
    this.#round(outer, at);
    const holder = this.#attempts.get(`${outer.join("/")}|${container}`);
    this.spans.set(key, {
      ...blank(key, { node_id: container, path: [...path], attempt: 1, seq: 0 }, at),
      kind: "round",
      parent: holder ?? (outer.length > 0 ? `@${outer.join("/")}` : null),
      name: String(Number(number) + 1),
    });
    return key;
  }
}

function blank(key: string, from: Pick<NodeUpdate, "node_id" | "path" | "attempt" | "seq">, at: number): Span {
  return {
    key,
    kind: "node",
    parent: null,
    nodeId: from.node_id,
    path: from.path,
    attempt: from.attempt,
    name: from.node_id,
    stepKind: "",
    status: "running",
    start: at,
    end: null,
    firstPiece: null,
    waits: [],
    seq: from.seq,
    input: null,
    output: null,
    error: null,
    use: NO_USE,
  };
}

function usedBy(usage: unknown): SpanUse {
  if (!isRecord(usage)) return { ...NO_USE, modelCalls: 1 };
  const number = (value: unknown) => (typeof value === "number" && Number.isFinite(value) ? value : 0);
  return {
    input: number(usage.input_tokens),
    output: number(usage.output_tokens),
    cost: typeof usage.cost_usd === "number" ? usage.cost_usd : null,
    modelCalls: 1,
  };
}

function textOf(data: unknown): string {
  if (isRecord(data) && typeof data.message === "string") {
    return typeof data.hint === "string" && data.hint ? `${data.message} ${data.hint}` : data.message;
  }
  return typeof data === "string" ? data : JSON.stringify(data);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
