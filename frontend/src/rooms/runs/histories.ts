/** The lists that were looked at, by what they show: going back to one finds it as it was left. */
import { api } from "~/api/client";
import type { ExecutionSummary } from "~/api/types";
import { type Filter } from "~/core/history/filter";
import { isOpen, wantedBy } from "~/core/history/pillars";
import { HistoryList, type Page } from "~/core/history/list";

const KEPT = 6;
const lists = new Map<string, HistoryList>();

export function historyOf(filter: Filter): HistoryList {
  const key = JSON.stringify(filter);
  const list = lists.get(key) ?? new HistoryList(asking(filter), (row) => fits(filter, row), filter.order !== "oldest");
  lists.delete(key);
  lists.set(key, list);
  for (const old of lists.keys()) if (lists.size > KEPT) lists.delete(old);
  return list;
}

const OPEN = ["pending", "running", "waiting", "paused"];

function asking(filter: Filter): HistoryList["ask"] {
  return async ({ cursor, limit, open, id }) => {
    // A list that was begun keeps its edge: pages that follow belong to the same stretch of time.
    const { data, response } = await api.GET("/api/executions", {
      params: {
        query: {
          ...(id ? { q: id } : wantedBy(filter, Date.now())),
          ...(!id && (open ? { status: OPEN } : filter.status && { status: statuses(filter.status) })),
          ...(cursor && { cursor }),
          ...(filter.order && { order: filter.order }),
          limit,
          digest: true,
        },
      },
    });
    return { rows: data ?? [], next: nextOf(response.headers.get("link")) } satisfies Page;
  };
}

const statuses = (status: string): string[] => (status === "running" ? ["pending", "running"] : [status]);

function fits(filter: Filter, row: ExecutionSummary): boolean {
  return !filter.status || statuses(filter.status).includes(row.status);
}

/** The cursor in a `Link` header. */
export function nextOf(link: string | null): string | null {
  const address = /<([^>]*)>;\s*rel="next"/.exec(link ?? "")?.[1];
  return address ? new URL(address, location.origin).searchParams.get("cursor") : null;
}

/** All runs that a filter means, for taking them away. */
export async function everyRun(filter: Filter): Promise<ExecutionSummary[]> {
  const ask = asking(filter);
  const rows: ExecutionSummary[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await ask({ cursor, limit: 500 });
    rows.push(...page.rows);
    cursor = page.next;
  } while (cursor);
  return rows;
}

export const hasOpen = (rows: readonly ExecutionSummary[]): boolean => rows.some((row) => isOpen(row.status));
