/**
 * What a run looks like right now, folded from its messages. Kept by node and path outside of React; whoever shows a node
 * subscribes to that node alone, and is told once a frame, however many messages came.
 */
import { type Activation, activationKey, type ActivationStatus, type LiveStep, newActivation } from "./activation";
import type { Line, Message, NodeUpdate, Step } from "./messages";
import { headAfter, NEW_RUN, type RunHead } from "./head";
import { containerOf, isOver, type RoundCount, Rounds } from "./rounds";

export interface LiveHead extends RunHead {
  counts: Record<ActivationStatus, number>;
  tokens: number;
  cost: number | null;
}

const TAIL = 240; // characters that a node shows
const CALM_MS = 100;
const CALMER_MS = 250;
const FEW_SHOWN = 60; // nodes on screen, up to which each frame is told
const SLOW_FRAME_MS = 50;
const NO_COUNTS: Record<ActivationStatus, number> = {
  pending: 0,
  running: 0,
  completed: 0,
  failed: 0,
  skipped: 0,
  waiting: 0,
  cancelled: 0,
  paused: 0,
};

/** Tells those who listen, once for all that changed. */
type Schedule = (flush: () => void) => void;
const frames: Schedule = (flush) => void requestAnimationFrame(() => flush());

export class LiveRun {
  /** All activations, in the order in which they began. */
  readonly activations = new Map<string, Activation>();
  readonly logs: Line[] = [];
  head: LiveHead = { ...NEW_RUN, counts: NO_COUNTS, tokens: 0, cost: null };
  /** Grows with every flush: for lists over everything. */
  version = 0;

  readonly #latest = new Map<string, Activation>();
  readonly #chunks = new Map<string, string[]>();
  readonly #rounds = new Rounds();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #dirty = new Set<string>();
  #scheduled = false;
  #lastFlush = 0;

  constructor(private readonly schedule: Schedule = frames) {}

  /** The latest activation of a node. */
  node = (id: string): Activation | undefined => this.#latest.get(id);

  /** Everything that the model of an activation has written. */
  text(key: string): string {
    const chunks = this.#chunks.get(key) ?? [];
    const text = chunks.join("");
    if (chunks.length > 1) this.#chunks.set(key, [text]);
    return text;
  }

  /** How far a container is. */
  rounds = (containerId: string): RoundCount => this.#rounds.of(containerId);

  /** `id` is a node's, or `*` for the head and the lists. */
  subscribe = (id: string, listener: () => void): (() => void) => {
    const set = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, set.add(listener));
    return () => set.delete(listener);
  };

  take(messages: readonly Message[]): void {
    for (const message of messages) this.#fold(message);
    if (!this.#scheduled && this.#dirty.size > 0) {
      this.#scheduled = true;
      this.schedule(this.#flush);
    }
  }

  #flush = (): void => {
    const now = performance.now();
    const pause = this.#listeners.size > FEW_SHOWN ? CALM_MS : 0;
    if (now - this.#lastFlush < pause) {
      this.schedule(this.#flush);
      return;
    }
    this.#scheduled = false;
    this.version += 1;
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    for (const id of [...dirty, "*"]) for (const listener of this.#listeners.get(id) ?? []) listener();
    const took = performance.now() - now;
    this.#lastFlush = took > SLOW_FRAME_MS ? now + CALMER_MS - CALM_MS : now;
  };

  #fold(message: Message): void {
    const at = Date.parse(message.timestamp);
    this.#dirty.add("*");
    switch (message.type) {
      case "node_update":
        this.#update(message, at);
        return;
      case "token": {
        const old = this.#find(message.node_id, message.path, message.attempt);
        if (message.kind !== "text") return;
        const chunks = this.#chunks.get(old.key);
        if (chunks) chunks.push(message.text);
        else this.#chunks.set(old.key, [message.text]);
        this.#put({
          ...old,
          tail: (old.tail + message.text).slice(-TAIL),
          written: old.written + message.text.length,
          firstPieceAt: old.firstPieceAt ?? at,
        });
        return;
      }
      case "step":
        this.#step(message, at);
        return;
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

  #update({ node_id, path, attempt, seq, node_state: state }: NodeUpdate, at: number): void {
    const old = this.#find(node_id, path, attempt);
    const status = String(state.status) as ActivationStatus;
    const ends = !["running", "waiting", "pending"].includes(status);
    const started = time(state.started_at);
    this.#put({
      ...old,
      seq: old.seq || (status === "running" ? seq : 0),
      status,
      startedAt: started ?? old.startedAt ?? (status === "skipped" ? null : at),
      endedAt: time(state.completed_at) ?? (ends ? at : null),
      input: state.input ?? old.input,
      output: state.output ?? null,
      error: typeof state.error === "string" ? state.error : null,
      usage: (state.usage as Activation["usage"] | undefined) ?? old.usage,
    });
  }

  #step(message: Step, at: number): void {
    const old = this.#find(message.node_id, message.path, message.attempt);
    const known = old.steps.find((step) => step.key === message.key);
    const step: LiveStep = {
      key: message.key,
      kind: message.kind,
      name: message.name,
      status: message.status,
      startedAt: known?.startedAt ?? at,
      endedAt: message.status === "started" ? null : at,
      data: message.data ?? known?.data ?? null,
    };
    const steps = known ? old.steps.map((one) => (one === known ? step : one)) : [...old.steps, step];
    this.#put({ ...old, steps });
    // Each answer of a model begins on a fresh line of the node: what stood there was before the tools were called.
    if (message.kind === "model" && message.status === "started") this.#clear(old.key);
    const usage = message.usage;
    if (isRecord(usage)) {
      const used = Number(usage.input_tokens ?? 0) + Number(usage.output_tokens ?? 0);
      const cost = typeof usage.cost_usd === "number" ? usage.cost_usd : null;
      this.head = {
        ...this.head,
        tokens: this.head.tokens + (Number.isFinite(used) ? used : 0),
        cost: cost === null ? this.head.cost : (this.head.cost ?? 0) + cost,
      };
    }
  }

  #clear(key: string): void {
    const activation = this.activations.get(key);
    this.#chunks.delete(key);
    if (activation) this.#put({ ...activation, tail: "", written: 0, firstPieceAt: null });
  }

  /** The activation, as of this attempt: a new attempt begins with nothing written. */
  #find(nodeId: string, path: readonly string[], attempt: number): Activation {
    const key = activationKey(nodeId, path);
    const known = this.activations.get(key);
    if (known && known.attempt === attempt) return known;
    this.#chunks.delete(key);
    return { ...newActivation(nodeId, path, attempt), seq: known?.seq ?? 0 };
  }

  #put(activation: Activation): void {
    const before = this.activations.get(activation.key);
    this.activations.set(activation.key, activation);
    const latest = this.#latest.get(activation.nodeId);
    if (!latest || latest.key === activation.key || !isOver(activation.status) || isOver(latest.status)) {
      this.#latest.set(activation.nodeId, activation);
    }
    this.#dirty.add(activation.nodeId);
    if (before?.status !== activation.status) {
      this.#rounds.change(before, activation);
      for (const round of activation.path) this.#dirty.add(containerOf(round));
      const counts = { ...this.head.counts };
      if (before) counts[before.status] -= 1;
      counts[activation.status] = (counts[activation.status] ?? 0) + 1;
      this.head = { ...this.head, counts };
    }
  }
}

const time = (value: unknown): number | null => (typeof value === "string" ? Date.parse(value) : null);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
