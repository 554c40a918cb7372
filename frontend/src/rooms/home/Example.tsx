import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { lampOf } from "~/core/run/lamps";
import { rowsOf } from "~/core/trace/rows";
import { duration } from "~/core/words";
import { labelOf, tileOf } from "~/rooms/runs/inspector/labels";
import { useNames, useTrace } from "~/rooms/runs/inspector/useRun";
import { Lamp, statusWord } from "~/ui/Lamp";
import { StatusPill } from "~/ui/StatusPill";
import { Tile } from "~/ui/Tile";
import { ValueView } from "~/ui/ValueView";

const LINK = "font-semibold text-focus underline";

/** The example while it runs, and what it came to. */
export function Example({ runId, workflowId }: { runId: string; workflowId: string }) {
  return <Shown key={runId} runId={runId} workflowId={workflowId} />;
}

function Shown({ runId, workflowId }: { runId: string; workflowId: string }) {
  const { trace } = useTrace(runId);
  const names = useNames(runId);
  const { head } = trace;
  const rows = rowsOf(trace.spans.values(), new Set());
  return (
    <section aria-label={t`The example`} aria-live="polite" className="mt-3.5 rounded-panel border border-ink bg-panel">
      <div className="flex items-center gap-2.5 border-b border-line px-4 py-2.5">
        <h3 className="flex-1 text-[15px] font-[650]">{names.summary?.workflow_name ?? t`The example`}</h3>
        <StatusPill status={lampOf(head.status)} />
      </div>
      <div className="grid gap-4 p-4 md:grid-cols-[240px_1fr]">
        <ol aria-label={t`Steps`} className="flex flex-col gap-1.5">
          {rows.map(({ span, depth, start, end }) => (
            <li key={span.key} className="flex items-center gap-2" style={{ paddingInlineStart: depth * 18 }}>
              <Tile type={tileOf(span, names)} size="small" />
              <span className="min-w-0 flex-1 truncate">{labelOf(span, names)}</span>
              <span className="font-mono text-xs text-ink-3">
                {start !== null && end !== null ? duration(end - start) : ""}
              </span>
              <Lamp status={lampOf(span.status)} size={14} />
              <span className="sr-only">{statusWord(lampOf(span.status))}</span>
            </li>
          ))}
        </ol>
        <div>
          <h4 className="cap mb-1">{t`Output`}</h4>
          {head.endedAt === null ? <p className="text-ink-3">{t`It is at work…`}</p> : null}
          {head.error ? <p className="text-fail">{head.error}</p> : null}
          {head.endedAt !== null && !head.error ? (
            <ValueView value={head.result} label={t`Output of the example`} />
          ) : null}
          <p className="mt-3 flex flex-wrap gap-4">
            <Link to="/runs/$runId" params={{ runId }} className={LINK}>{t`See what happened`}</Link>
            <Link
              to="/w/$workflowId"
              params={{ workflowId }}
              search={{ run: runId }}
              className={LINK}
            >{t`Open the workflow`}</Link>
          </p>
        </div>
      </div>
    </section>
  );
}
