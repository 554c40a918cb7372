/** The run that is shown on the canvas: started here, or opened by its address. */
import { createStore } from "zustand";
import { api } from "~/api/client";
import type { ControlInput } from "~/api/types";
import type { Wishes } from "~/core/debug/debugging";
import { Inside } from "~/core/run/inside";
import { said } from "~/core/run/command";
import { LiveRun } from "~/core/run/live";
import { type Connection, follow } from "~/core/run/stream";
import { toast } from "~/ui/Toasts";

const TELL_MS = 300;

export interface RunShown {
  id: string;
  live: LiveRun;
  connection: Connection;
  /** When the connection was lost, to say for how long. */
  lostAt: number | null;
  /** The key of the node that runs this workflow, when the run is one of another workflow; else empty. */
  within: string;
}

export class RunView {
  readonly store = createStore<{ shown: RunShown | null }>(() => ({ shown: null }));
  #stop: () => void = () => {};
  #telling: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly workflowId: string,
    private readonly wishes: () => Wishes = () => ({ breakpoints: [], stubs: [] }),
  ) {}

  /** Begin a run; answers with its id. */
  async start(inputs: Record<string, unknown>, version: number): Promise<string> {
    const { data } = await api.POST("/api/workflows/{workflow_id}/execute", {
      params: { path: { workflow_id: this.workflowId } },
      // By its number: without one the newest published version would run, and not what is drawn here.
      body: { inputs, version, ...this.wishes() } as never,
    });
    const id = data?.execution_id ?? "";
    this.show(id);
    return id;
  }

  /** Show a run from its beginning on, live; of a run of another workflow, what happens inside of one of its nodes. */
  show(id: string, within = ""): void {
    if (this.store.getState().shown?.id === id) return;
    this.#stop();
    const live = new LiveRun();
    this.store.setState({ shown: { id, live, connection: "connecting", lostAt: null, within } });
    const inside = within ? new Inside(within) : null;
    this.#stop = follow(id, {
      onMessages: (messages) => live.take(inside ? inside.of(messages) : messages),
      onConnection: (connection) => {
        const { shown } = this.store.getState();
        if (shown?.live !== live) return;
        const lostAt = connection === "lost" ? (shown.lostAt ?? Date.now()) : null;
        this.store.setState({ shown: { ...shown, connection, lostAt } });
      },
    });
  }

  /** A run that goes on obeys, from now on, what somebody wants to look at; not at every letter that they write. */
  tellSoon(): void {
    clearTimeout(this.#telling);
    this.#telling = setTimeout(() => void this.#tell(), TELL_MS);
  }

  async #tell(): Promise<void> {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    const { shown } = this.store.getState();
    if (!shown || shown.within || shown.live.head.endedAt !== null) return;
    const { breakpoints, stubs } = this.wishes();
    try {
      await this.command({ type: "set_breakpoints", breakpoints } as ControlInput);
      await this.command({ type: "set_stubs", stubs } as ControlInput);
    } catch (error) {
      // Perhaps a condition is not finished, or the run has ended: what was set before holds.
      toast(said(error), { tone: "error" });
    }
  }

  leave(): void {
    this.#stop();
    this.store.setState({ shown: null });
  }

  stop(): void {
    this.#stop();
  }

  async command(body: ControlInput): Promise<string> {
    if (this.#telling !== undefined) await this.#tell(); // before anything goes on
    const { shown } = this.store.getState();
    if (!shown) return "";
    const { data } = await api.POST("/api/executions/{execution_id}/commands", {
      params: { path: { execution_id: shown.id } },
      body,
    });
    return data?.execution_id ?? shown.id;
  }
}
