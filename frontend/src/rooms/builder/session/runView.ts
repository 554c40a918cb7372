/** The run that is shown on the canvas: started here, or opened by its address. */
import { t } from "@lingui/core/macro";
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
/** Before these, the run has heard what it shall obey. */
const GOES_ON: ReadonlySet<string> = new Set(["resume", "step", "retry", "answer", "override"]);
const complain = (error: unknown): void => void toast(said(error), { tone: "error" });

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
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told: Promise<void> = Promise.resolve();
  #due = false;

  constructor(
    private readonly workflowId: string,
    private readonly wishes: () => Wishes = () => ({ broken: null, breakpoints: [], stubs: [] }),
  ) {}

  /** Begin a run; answers with its id. */
  async start(inputs: Record<string, unknown>, version: number): Promise<string> {
    const { data } = await api.POST("/api/workflows/{workflow_id}/execute", {
      params: { path: { workflow_id: this.workflowId } },
      // By its number: without one the newest published version would run, and not what is drawn here.
      body: { inputs, version, ...this.#wanted() } as never,
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
    this.#due = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tell().catch(complain), TELL_MS);
  }

  /** One after the other; what was refused is due again. */
  #tell(): Promise<void> {
    clearTimeout(this.#timer);
    const telling = this.#told
      .catch(() => {})
      .then(async () => {
        if (!this.#due) return;
        this.#due = false;
        await this.#sendWishes();
      });
    this.#told = telling;
    return telling;
  }

  async #sendWishes(): Promise<void> {
    const { shown } = this.store.getState();
    if (!shown || shown.within || shown.live.head.endedAt !== null) return;
    try {
      const { breakpoints, stubs } = this.#wanted();
      // First, and nothing goes on if it is refused: what somebody wants not to happen must not happen.
      await this.#send({ type: "set_stubs", stubs } as ControlInput);
      // Perhaps a condition is not finished: the breakpoints that were set before hold.
      await this.#send({ type: "set_breakpoints", breakpoints } as ControlInput).catch(complain);
    } catch (error) {
      this.#due = true;
      throw error;
    }
  }

  #wanted(): Omit<Wishes, "broken"> {
    const { broken, ...wanted } = this.wishes();
    if (broken !== null) throw new Error(t`The stand-in for ${broken} cannot be read.`);
    return wanted;
  }

  leave(): void {
    this.#stop();
    this.store.setState({ shown: null });
  }

  stop(): void {
    this.#stop();
  }

  async command(body: ControlInput): Promise<string> {
    if (GOES_ON.has(body.type)) await this.#tell();
    return this.#send(body);
  }

  async #send(body: ControlInput): Promise<string> {
    const { shown } = this.store.getState();
    if (!shown) return "";
    const { data } = await api.POST("/api/executions/{execution_id}/commands", {
      params: { path: { execution_id: shown.id } },
      body,
    });
    return data?.execution_id ?? shown.id;
  }
}
