/**
 * Threads of the chat. Each message is a run, and a thread is the runs whose ids begin with its own: the server keeps
 * both, and needs to know of neither.
 */
import type { ExecutionSummary } from "~/api/types";
import { messageIn } from "./inputs";

export const THREAD_MARK = "chat.";
const RUN_ID = /^chat\.([a-z0-9]{8,20})\.(\d{1,6})$/;

export interface Thread {
  id: string;
  workflowId: string | null;
  workflowName: string;
  title: string;
  /** Of the latest message. */
  at: string;
  status: string;
  /** The ids of its runs, the first message first. */
  runs: string[];
}

export function newThreadId(random: () => number = Math.random): string {
  return Array.from({ length: 12 }, () => Math.floor(random() * 36).toString(36)).join("");
}

export const runIdOf = (threadId: string, number: number): string => `${THREAD_MARK}${threadId}.${number}`;

/** The threads in a list of runs, the one with the latest message first. */
export function threadsOf(runs: readonly ExecutionSummary[]): Thread[] {
  const threads = new Map<string, { number: number; run: ExecutionSummary }[]>();
  for (const run of runs) {
    const [, id, number] = RUN_ID.exec(run.execution_id) ?? [];
    if (id) threads.set(id, [...(threads.get(id) ?? []), { number: Number(number), run }]);
  }
  return [...threads]
    .map(([id, list]) => {
      const ordered = list.sort((a, b) => a.number - b.number).map(({ run }) => run);
      const [first, last] = [ordered[0], ordered.at(-1)];
      return {
        id,
        workflowId: last?.workflow_id ?? null,
        workflowName: last?.workflow_name ?? "",
        title: messageIn(first?.digest?.inputs) || first?.workflow_name || id,
        at: last?.created_at ?? "",
        status: last?.status ?? "",
        runs: ordered.map((run) => run.execution_id),
      };
    })
    .sort((a, b) => b.at.localeCompare(a.at));
}

/** The number of the next message. */
export function nextNumber(runs: readonly string[]): number {
  const last = runs.map((id) => Number(RUN_ID.exec(id)?.[2] ?? 0));
  return Math.max(0, ...last) + 1;
}
