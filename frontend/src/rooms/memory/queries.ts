/** What is asked of the server, and what is asked anew after a change. */
import { type QueryClient, keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { api, errorOf, server } from "~/api/client";
import type { MemoryEntry } from "~/api/types";
import { type Shown, scopeOf, USUAL_N } from "~/core/memory/shown";

const PAGE = 50;
const TURNS = 100;
const CALM_MS = 10_000;
const BROWSED = "browsed memory";
const TALKED = "conversation of an agent";

export function useStatus() {
  return server.useQuery("get", "/api/memory", {}, { refetchInterval: CALM_MS });
}

/** What an agent remembers, the newest first. */
export function useBrowsed(agent: string, { kind, q = "" }: Pick<Shown, "kind" | "q">, enabled: boolean) {
  return useInfiniteQuery({
    queryKey: [BROWSED, agent, kind, q],
    queryFn: async ({ pageParam, signal }) => {
      const { data } = await api.GET("/api/memory/{agent_id}/facts", {
        params: {
          path: { agent_id: agent },
          query: { query: q, limit: PAGE, ...(kind && { kind }), ...(pageParam && { before: pageParam }) },
        },
        signal,
      });
      return data ?? [];
    },
    initialPageParam: "",
    getNextPageParam: (page: MemoryEntry[]) => (page.length === PAGE ? page.at(-1)?.id : undefined),
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** What the agent would get for a question. */
export function useRecalled(agent: string, shown: Shown, enabled: boolean) {
  return server.useQuery(
    "post",
    "/api/memory/{agent_id}/recall",
    {
      params: { path: { agent_id: agent } },
      body: { query: shown.q ?? "", n_results: shown.n ?? USUAL_N, ...scopeOf(shown) } as never,
    },
    { enabled, placeholderData: keepPreviousData },
  );
}

export function useTurns(agent: string) {
  return useInfiniteQuery({
    queryKey: [TALKED, agent],
    queryFn: async ({ pageParam, signal }) => {
      const { data } = await api.GET("/api/memory/{agent_id}/conversation", {
        params: { path: { agent_id: agent }, query: { after: pageParam, limit: TURNS } },
        signal,
      });
      return data ?? [];
    },
    initialPageParam: 0,
    getNextPageParam: (page) => (page.length === TURNS ? page.at(-1)?.seq : undefined),
  });
}

/** Ask everything about memory anew, but not for what is gone. */
export function useChanged(): (goneId?: string) => void {
  const queries = useQueryClient();
  return useCallback((goneId?: string) => void changed(queries, goneId), [queries]);
}

async function changed(queries: QueryClient, goneId?: string): Promise<void> {
  await queries.invalidateQueries({
    predicate: ({ queryKey: [first, second, asked] }) =>
      first === BROWSED ||
      first === TALKED ||
      (typeof second === "string" &&
        second.startsWith("/api/memory") &&
        !(goneId && JSON.stringify(asked).includes(goneId))),
  });
}

/** Remember what an exported file holds. */
export async function importFile(file: File): Promise<{ memories: number; turns: number }> {
  const answer = await fetch("/api/memory/import", {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: file,
  });
  if (!answer.ok) throw await errorOf(answer);
  return (await answer.json()) as { memories: number; turns: number };
}
