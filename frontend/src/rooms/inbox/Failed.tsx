import { t } from "@lingui/core/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { server } from "~/api/client";
import type { ExecutionSummary } from "~/api/types";
import { command, said } from "~/core/run/command";
import { ago } from "~/core/words";
import { happened } from "~/rooms/runs/happened";
import { Button } from "~/ui/Button";
import { Lamp } from "~/ui/Lamp";
import { toast } from "~/ui/Toasts";

const SHOWN = 3;
const DAY_MS = 86_400_000;
const CALM_MS = 10_000;

/** What failed in the last day: nobody is asked, but somebody should look. */
export function Failed() {
  const [since] = useState(() => new Date(Date.now() - DAY_MS).toISOString());
  const runs = server.useQuery(
    "get",
    "/api/executions",
    { params: { query: { status: ["failed"], since, limit: SHOWN, digest: true } } },
    { refetchInterval: CALM_MS },
  );
  if (!runs.data?.length) return null;
  return (
    <section aria-label={t`Needs a look`}>
      <h2 className="cap px-[18px] pt-4 pb-2">{t`Needs a look, ${runs.data.length}`}</h2>
      <ul className="border-t border-line">
        {runs.data.map((run) => (
          <FailedRun key={run.execution_id} run={run} />
        ))}
      </ul>
    </section>
  );
}

function FailedRun({ run }: { run: ExecutionSummary }) {
  const navigate = useNavigate();
  const name = run.workflow_name || run.execution_id;
  const node = run.digest?.node_id;
  const retry = async () => {
    try {
      const runId = await command(run.execution_id, { type: "retry", node: node ?? "", scope: "" });
      await navigate({ to: "/runs/$runId", params: { runId } });
    } catch (error) {
      toast(said(error), { tone: "error" });
    }
  };
  return (
    <li className="border-b border-line px-[18px] py-3">
      <p className="flex items-center gap-2">
        <Lamp status="failed" />
        <b className="truncate text-[15px] font-[650]" dir="auto">
          {t`${name} failed`}
        </b>
      </p>
      <p className="mt-1 line-clamp-2 text-xs break-words text-ink-3" dir="auto">
        {happened(run)} · {ago(run.created_at)}
      </p>
      <p className="mt-2.5 flex gap-2">
        {node ? (
          <Button className="max-md:h-11" aria-label={t`Retry ${name} from ${node}`} onClick={() => void retry()}>
            <RotateCcw aria-hidden />
            {t`Retry`}
          </Button>
        ) : null}
        <Link
          to="/runs/$runId"
          params={{ runId: run.execution_id }}
          aria-label={t`Details of ${name}`}
          className="inline-flex h-8 items-center rounded-ctl border border-line-2 px-3 text-[13px] font-semibold hover:bg-panel-2 max-md:h-11"
        >
          {t`Details`}
        </Link>
      </p>
    </li>
  );
}
