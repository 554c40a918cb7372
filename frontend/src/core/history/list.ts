/**
 * The loaded part of the history, newest first. It grows at its end while somebody scrolls, and at its beginning while
 * runs begin; runs that have not ended are looked at again. Kept outside of React, so that coming back finds it as it was.
 */
import type { ExecutionSummary } from "~/api/types";
import { isOpen } from "./pillars";

export interface Page {
  rows: ExecutionSummary[];
  /** Where the next page begins; null: this was the last one. */
  next: string | null;
}

/** How the list asks the server; `q` looks for one run by its id, whatever else is wanted. */
export type Ask = (wanted: { cursor?: string | null; limit: number; open?: boolean; id?: string }) => Promise<Page>;

export interface Listed {
  rows: readonly ExecutionSummary[];
  next: string | null;
  state: "loading" | "ready" | "failed";
  error: unknown;
}

const PAGE = 100;
const HEAD = 50;
const SINGLE = 5; // runs that are looked at one by one in one round

export class HistoryList {
  listed: Listed = { rows: [], next: null, state: "loading", error: null };
  /** How far it was scrolled. */
  scroll = 0;
  readonly #listeners = new Set<() => void>();
  #busy = false;

  constructor(
    readonly ask: Ask,
    /** Whether a run still belongs into this list. */
    private readonly fits: (row: ExecutionSummary) => boolean = () => true,
    /** Whether what has just begun comes first; otherwise it comes last, and is met by scrolling there. */
    private readonly newestFirst = true,
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): Listed => this.listed;

  /** Load the first page, or the next one. */
  async more(): Promise<void> {
    const { rows, next, state } = this.listed;
    if (this.#busy || (state === "ready" && next === null)) return;
    await this.#do(async () => {
      const page = await this.ask({ cursor: next, limit: PAGE });
      const known = new Set(rows.map((row) => row.execution_id));
      const fresh = page.rows.filter((row) => !known.has(row.execution_id));
      this.#set({ rows: [...rows, ...fresh], next: page.next, state: "ready", error: null });
    });
  }

  /** See what is new, and what became of the runs that had not ended. */
  async refresh(): Promise<void> {
    if (this.#busy || this.listed.state !== "ready") return;
    await this.#do(async () => {
      const head = this.newestFirst ? await this.ask({ limit: HEAD }) : { rows: [], next: null };
      let rows = this.newestFirst ? joined(this.listed.rows, head) : [...this.listed.rows];
      if (!rows) {
        this.#set({ rows: head.rows, next: head.next, state: "ready", error: null });
        return;
      }
      const seen = new Set(head.rows.map((row) => row.execution_id));
      const unsure = rows.filter((row) => isOpen(row.status) && !seen.has(row.execution_id));
      if (unsure.length > 0) {
        const open = await this.ask({ limit: 2 * PAGE, open: true });
        const found = new Map(open.rows.map((row) => [row.execution_id, row]));
        const ended = unsure.filter((row) => !found.has(row.execution_id)).slice(0, SINGLE);
        const single = await Promise.all(ended.map((row) => this.ask({ id: row.execution_id, limit: 1 })));
        const gone = new Set(ended.map((row) => row.execution_id));
        for (const row of single.flatMap((page) => page.rows)) found.set(row.execution_id, row);
        rows = rows
          .filter((row) => found.has(row.execution_id) || !gone.has(row.execution_id))
          .map((row) => found.get(row.execution_id) ?? row)
          .filter(this.fits);
      }
      this.#set({ ...this.listed, rows, error: null });
    });
  }

  async #do(work: () => Promise<void>): Promise<void> {
    this.#busy = true;
    try {
      await work();
    } catch (error) {
      this.#set({ ...this.listed, state: this.listed.rows.length > 0 ? "ready" : "failed", error });
    } finally {
      this.#busy = false;
    }
  }

  #set(listed: Listed): void {
    this.listed = listed;
    for (const listener of this.#listeners) listener();
  }
}

/** The known rows with a fresh first page before them; null when there is a gap between the two. */
export function joined(known: readonly ExecutionSummary[], head: Page): ExecutionSummary[] | null {
  const fresh = new Set(head.rows.map((row) => row.execution_id));
  if (head.next === null) return head.rows;
  const last = head.rows.at(-1);
  if (!last || !known.some((row) => fresh.has(row.execution_id))) return null;
  return [...head.rows, ...known.filter((row) => !fresh.has(row.execution_id) && isAfter(row, last))];
}

/** Whether a row stands further down than another. */
const isAfter = (row: ExecutionSummary, other: ExecutionSummary): boolean =>
  row.created_at === other.created_at ? row.execution_id < other.execution_id : row.created_at < other.created_at;
