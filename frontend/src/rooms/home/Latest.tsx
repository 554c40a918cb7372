import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { server } from "~/api/client";
import type { ExecutionSummary } from "~/api/types";
import { lampOf } from "~/core/run/lamps";
import { ago } from "~/core/words";
import { happened } from "~/rooms/runs/happened";
import { Lamp, statusWord } from "~/ui/Lamp";

const SHOWN = 5;
const WEEK_MS = 604_800_000;
const CALM_MS = 6_000;

/** What waits for somebody, what failed lately, and what ran last. */
export function Latest({ runs }: { runs: ExecutionSummary[] }) {
  const [since] = useState(() => new Date(Date.now() - WEEK_MS).toISOString());
  const waiting = useRuns({ status: ["waiting"] });
  const failed = useRuns({ status: ["failed"], since });
  return (
    <>
      {waiting.length > 0 ? (
        <List title={t`Waiting for you`} runs={waiting} more={{ status: "waiting", span: "ever" }} />
      ) : null}
      {failed.length > 0 ? <List title={t`Failed lately`} runs={failed} more={{ status: "failed" }} /> : null}
      <List title={t`Recent runs`} runs={runs} more={{}} />
    </>
  );
}

function useRuns(query: { status: string[]; since?: string }): ExecutionSummary[] {
  const list = server.useQuery(
    "get",
    "/api/executions",
    { params: { query: { ...query, limit: SHOWN, digest: true } } },
    { refetchInterval: CALM_MS },
  );
  return list.data ?? [];
}

interface ListProps {
  title: string;
  runs: ExecutionSummary[];
  more: { status?: "waiting" | "failed"; span?: "ever" };
}

function List({ title, runs, more }: ListProps) {
  return (
    <section aria-label={title} className="rounded-panel border border-line-2 bg-panel">
      <div className="flex items-baseline border-b border-line px-4 py-2.5">
        <h2 className="flex-1 text-[15px] font-[650]">{title}</h2>
        <Link to="/runs" search={more} className="text-xs font-semibold text-focus underline">
          {t`All`}
          <span className="sr-only">: {title}</span>
        </Link>
      </div>
      <ul>
        {runs.map((run) => (
          <li key={run.execution_id} className="border-b border-line last:border-b-0">
            <Link
              to="/runs/$runId"
              params={{ runId: run.execution_id }}
              className="flex h-11 items-center gap-3 px-4 hover:bg-panel-2 focus-visible:-outline-offset-2"
            >
              <Lamp status={lampOf(run.status as never)} />
              <span className="sr-only">{statusWord(lampOf(run.status as never))}</span>
              <span className="max-w-52 shrink-0 truncate font-semibold max-md:max-w-32" dir="auto">
                {run.workflow_name || run.execution_id}
              </span>
              <span
                className={`min-w-0 flex-1 truncate ${run.status === "failed" ? "text-fail" : "text-ink-3"}`}
                dir="auto"
              >
                {happened(run)}
              </span>
              <span className="shrink-0 text-xs text-ink-3">{ago(run.created_at)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
