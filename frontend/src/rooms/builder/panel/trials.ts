/** Tests of single nodes: what they were given, and the run that came of it. They live as long as the workflow is open. */
import { t } from "@lingui/core/macro";
import { createStore, type StoreApi } from "zustand";
import { api } from "~/api/client";
import { isObject } from "~/core/document/document";
import { trialOf } from "~/core/document/trial";
import { said } from "~/core/run/command";
import { LiveRun } from "~/core/run/live";
import { follow } from "~/core/run/stream";
import { toast } from "~/ui/Toasts";
import type { Session } from "../session/session";

export interface TrialState {
  /** The inputs as they stand in the form; null: not looked for yet. */
  text: string | null;
  /** Whether they come from a run, and not from a person. */
  fromRun: boolean;
  live: LiveRun | null;
  runId: string | null;
  refusal: string | null;
  /** The test is being sent. */
  busy: boolean;
}

interface LastKnown {
  runInputs: Record<string, unknown>;
  inputOf: (id: string) => unknown;
  outputOf: (id: string) => unknown;
}

const EMPTY: TrialState = { text: null, fromRun: false, live: null, runId: null, refusal: null, busy: false };
const all = new WeakMap<Session, Map<string, Trial>>();

/** The test of one node. */
export function trialFor(session: Session, id: string): Trial {
  const ofSession = all.get(session) ?? new Map<string, Trial>();
  all.set(session, ofSession);
  const known = ofSession.get(id) ?? new Trial(session, id);
  ofSession.set(id, known);
  return known;
}

/** Test the node that is selected, and show it. */
export function testSelected(session: Session): void {
  const [id, ...more] = session.view.getState().selected;
  const node = session.documents.get().nodes.find((one) => one.id === id);
  if (!node || more.length > 0) return;
  if (!canBeTested(node.type)) {
    toast(t`A start or an end does nothing by itself that could be tested.`);
    return;
  }
  session.view.setState({ panel: true, focusField: null, panelTab: "test" });
  void trialFor(session, node.id).start();
}

export const canBeTested = (type: string): boolean => type !== "start" && type !== "end";

class Trial {
  readonly store: StoreApi<TrialState> = createStore(() => EMPTY);
  #stop: () => void = () => {};

  constructor(
    private readonly session: Session,
    private readonly id: string,
  ) {}

  /** Fill the form with what the node received last, unless somebody has written something. */
  async fill(): Promise<void> {
    if (this.store.getState().text !== null) return;
    const input = (await lastKnown(this.session)).inputOf(this.id);
    if (this.store.getState().text !== null) return;
    const found = isObject(input) ? input : null;
    this.store.setState({ text: JSON.stringify(found ?? this.#names(), null, 2), fromRun: found !== null });
  }

  /** What the node received last, instead of what was written. */
  async refill(): Promise<void> {
    this.store.setState({ text: null });
    await this.fill();
  }

  write(text: string): void {
    this.store.setState({ text, fromRun: false });
  }

  async start(): Promise<void> {
    if (this.store.getState().busy) return;
    this.store.setState({ busy: true, refusal: null });
    try {
      await this.fill();
      await this.#begin(readInputs(this.store.getState().text ?? "{}"));
    } catch (error) {
      this.store.setState({ refusal: said(error), live: null, runId: null });
    } finally {
      this.store.setState({ busy: false });
    }
  }

  async stop(): Promise<void> {
    const { runId } = this.store.getState();
    if (!runId) return;
    await api
      .POST("/api/executions/{execution_id}/commands", {
        params: { path: { execution_id: runId } },
        body: { type: "cancel" },
      })
      .catch((error: unknown) => toast(said(error), { tone: "error" }));
  }

  async #begin(inputs: Record<string, unknown>): Promise<void> {
    const { documents, catalogue } = this.session;
    const document = documents.get();
    const { runInputs, outputOf } = await lastKnown(this.session);
    const type = document.nodes.find((one) => one.id === this.id)?.type ?? "";
    const trial = trialOf(document, this.id, { inputs, runInputs, outputOf }, catalogue.types.get(type));
    if (!trial) return;
    const { data } = await api.POST("/api/workflows/test", {
      body: { document: trial.document, inputs: trial.inputs } as never,
    });
    const runId = data?.execution_id ?? "";
    const live = new LiveRun();
    this.#stop();
    this.#stop = follow(runId, { onMessages: (messages) => live.take(messages), onConnection: () => {} });
    this.store.setState({ live, runId });
  }

  /** Nothing is known of what it receives but the names. */
  #names(): Record<string, string> {
    const node = this.session.documents.get().nodes.find((one) => one.id === this.id);
    return Object.fromEntries((node?.inputs ?? []).map(({ name }) => [name, ""]));
  }
}

function readInputs(text: string): Record<string, unknown> {
  let read: unknown;
  try {
    read = JSON.parse(text.trim() || "{}");
  } catch {
    throw new Error(t`The inputs are no JSON. Write an object, such as {"topic": "tea"}.`);
  }
  if (!isObject(read)) throw new Error(t`The inputs are an object with a value for each name.`);
  return read;
}

/** What is known from the run on show; without one, from the latest run of this workflow. */
async function lastKnown(session: Session): Promise<LastKnown> {
  const live = session.run.store.getState().shown?.live;
  if (live) {
    return {
      runInputs: live.head.inputs,
      inputOf: (id) => live.node(id)?.input,
      outputOf: (id) => live.node(id)?.output,
    };
  }
  try {
    const { data: rows } = await api.GET("/api/executions", {
      params: { query: { workflow_id: session.id, limit: 1 } },
    });
    const id = rows?.[0]?.execution_id;
    if (id) {
      const { data } = await api.GET("/api/executions/{execution_id}", {
        params: { path: { execution_id: id }, query: { full: true } },
      });
      const nodes = data?.node_states ?? {};
      const runInputs = (data?.inputs ?? {}) as Record<string, unknown>;
      return { runInputs, inputOf: (one) => nodes[one]?.input, outputOf: (one) => nodes[one]?.output };
    }
  } catch {
    // Nothing is known then; the inputs can be written by hand.
  }
  return { runInputs: {}, inputOf: () => undefined, outputOf: () => undefined };
}
