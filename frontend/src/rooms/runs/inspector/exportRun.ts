import { api } from "~/api/client";
import { download } from "~/core/download";

/** The state and every record of the run, large values included, in one file. */
export async function exportRun(runId: string): Promise<void> {
  const path = { execution_id: runId };
  const { data: execution } = await api.GET("/api/executions/{execution_id}", {
    params: { path, query: { full: true } },
  });
  const records: unknown[] = [];
  let after: string | null = "0";
  while (after !== null) {
    const page = await pageOf(runId, after);
    records.push(...page.records);
    after = page.next;
  }
  download(`run-${runId}.json`, JSON.stringify({ execution, records }, null, 2));
}

async function pageOf(runId: string, after: string): Promise<{ records: unknown[]; next: string | null }> {
  const { data, response } = await api.GET("/api/executions/{execution_id}/events", {
    params: { path: { execution_id: runId }, query: { after, limit: 1_000, full: true } },
  });
  const next = /<([^>]*)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
  return {
    records: Array.isArray(data) ? data : [],
    next: next ? new URL(next, location.origin).searchParams.get("after") : null,
  };
}
