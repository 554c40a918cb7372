import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { server } from "~/api/client";
import type { MemoryEntry } from "~/api/types";
import { lampOf } from "~/core/run/lamps";
import { ago } from "~/core/words";
import { Lamp } from "~/ui/Lamp";

/** Who wrote a memory: a run and its node, or a person or program by itself. */
export function Origin({ one }: { one: MemoryEntry }) {
  const runs = server.useQuery(
    "get",
    "/api/executions",
    { params: { query: { q: one.execution_id, limit: 1 } } },
    { enabled: one.execution_id !== "" },
  );
  const run = runs.data?.find((row) => row.execution_id === one.execution_id);
  const written = ago(one.created_at);
  return (
    <section aria-label={t`Where it came from`} className="border-t border-line pt-3.5">
      <h3 className="cap mb-1.5">{t`Where it came from`}</h3>
      {one.execution_id ? (
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-[13px]">
          {run ? (
            <>
              <Lamp status={lampOf(run.status as never)} named />
              <Link
                to="/runs/$runId"
                params={{ runId: one.execution_id }}
                className="font-semibold text-focus underline"
              >
                {run.workflow_name || t`A run`}
              </Link>
            </>
          ) : (
            <span>{runs.data ? t`A run that is no more there` : t`A run`}</span>
          )}
          {one.node_id ? <span className="font-mono text-xs text-ink-2">{one.node_id}</span> : null}
          <span className="text-xs text-ink-3">{written}</span>
        </p>
      ) : (
        <p className="text-[13px] text-ink-2">{t`Written by a person or a program, ${written}; not by a run.`}</p>
      )}
    </section>
  );
}
