import { t } from "@lingui/core/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import { Download, Pause, Play, RotateCcw, Square, Workflow } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { command, execute, said } from "~/core/run/command";
import { lampOf } from "~/core/run/lamps";
import type { Chosen } from "~/core/trace/chosen";
import { rowsOf, totalsOf } from "~/core/trace/rows";
import { scaleOf } from "~/core/trace/scale";
import { ago } from "~/core/words";
import { inspector } from "~/routes";
import { TopBar } from "~/shell/TopBar";
import { Button, IconButton } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { Lamp } from "~/ui/Lamp";
import { StatusPill } from "~/ui/StatusPill";
import { toast } from "~/ui/Toasts";
import { useNow } from "~/ui/useNow";
import { useWide } from "~/ui/useWide";
import { Details } from "./Details";
import { exportRun } from "./exportRun";
import { Line } from "./Line";
import { LogList } from "./LogList";
import { Overview } from "./Overview";
import { Totals } from "./Totals";
import { useNames, useTrace } from "./useRun";
import { Waterfall } from "./Waterfall";

const TICK_MS = 250;
const CALM_MS = 10_000;

/** One run: when what happened, what was said, what it used. */
export function Inspector() {
  const { runId } = inspector.useParams();
  return <Room key={runId} runId={runId} />;
}

function Room({ runId }: { runId: string }) {
  const chosen = inspector.useSearch();
  const navigate = useNavigate();
  const choose = useCallback(
    (change: Partial<Chosen>) =>
      void navigate({ to: "/runs/$runId", params: { runId }, search: { ...chosen, ...change }, replace: true }),
    [navigate, runId, chosen],
  );
  const { trace, connection } = useTrace(runId);
  const names = useNames(runId);
  const { head, version } = trace;
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const going = head.endedAt === null;
  const now = useNow(going && ["running", "pending"].includes(head.status) ? TICK_MS : CALM_MS);
  const until = head.endedAt ?? Math.max(now, head.last);
  const start = head.startedAt ?? until;
  const wide = useWide(1024);
  const phone = !useWide(768);
  const { typeOf } = names;
  const single = useCallback((nodeId: string) => typeOf(nodeId) === "workflow", [typeOf]);
  // Spans change in place; `version` says when.
  // eslint-disable-next-line react/exhaustive-deps
  const rows = useMemo(() => rowsOf(trace.spans.values(), folded, single), [trace, version, folded, single]);
  // eslint-disable-next-line react/exhaustive-deps
  const scale = useMemo(() => scaleOf(trace.spans.values(), start, until), [trace, version, start, until]);
  const totals = totalsOf(trace.spans.values(), head.startedAt, until, scale.waitingMs);
  const selected = chosen.span ? trace.spans.get(chosen.span) : undefined;
  if (connection === "missing") {
    return (
      <>
        <TopBar title={t`Run`} parent={{ to: "/runs", label: t`Runs` }} />
        <Empty title={t`There is no such run`} text={t`It was deleted, or the address is mistyped.`}>
          <Link to="/runs" className="font-semibold text-focus underline">{t`All runs`}</Link>
        </Empty>
      </>
    );
  }
  const lamp = lampOf(head.status === "pending" ? "running" : head.status);
  const title = names.summary?.workflow_name || runId;
  const details = (
    <Details runId={runId} trace={trace} names={names} selected={selected} chosen={chosen} onChoose={choose} />
  );
  return (
    <>
      <TopBar
        title={title}
        parent={{ to: "/runs", label: t`Runs` }}
        notes={
          <>
            <span className="max-sm:hidden">
              <StatusPill status={lamp} />
            </span>
            <span className="sm:hidden">
              <Lamp status={lamp} named />
            </span>
            <span className="truncate text-xs text-ink-3 max-lg:hidden">
              {head.startedAt ? t`started ${ago(head.startedAt, now)}` : null}
              {names.summary?.version ? ` · v${names.summary.version}` : null}
            </span>
          </>
        }
        actions={<Actions runId={runId} status={head.status} inputs={head.inputs} names={names} />}
      />
      {connection === "lost" ? (
        <p role="status" className="bg-wait-bg px-4 py-1.5 text-xs font-semibold text-wait">
          {t`Reconnecting. Nothing of the run is lost.`}
        </p>
      ) : null}
      <div className="flex min-h-0 flex-1">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <Totals totals={totals} />
          {phone ? (
            <Line runId={runId} rows={rows} trace={trace} until={until} names={names} onChoose={choose} />
          ) : (
            <>
              <Overview trace={trace} scale={scale} chosen={chosen} onChoose={choose} />
              <Waterfall
                rows={rows}
                scale={scale}
                until={until}
                names={names}
                chosen={chosen}
                going={going}
                onChoose={choose}
                folded={folded}
                onFold={setFolded}
              />
              <LogList trace={trace} selected={selected} chosen={chosen} onChoose={choose} />
            </>
          )}
        </div>
        {wide ? <aside className="flex w-[408px] shrink-0 flex-col border-s border-line">{details}</aside> : null}
        {!wide && chosen.span !== undefined ? (
          <aside className="fixed inset-y-0 end-0 z-30 flex w-[min(100vw,440px)] flex-col border-s border-line bg-panel shadow-node">
            {details}
          </aside>
        ) : null}
      </div>
    </>
  );
}

interface ActionsProps {
  runId: string;
  status: string;
  inputs: unknown;
  names: ReturnType<typeof useNames>;
}

function Actions({ runId, status, inputs, names }: ActionsProps) {
  const navigate = useNavigate();
  const { workflow_id: workflowId } = names.summary ?? {};
  const going = ["pending", "running", "waiting", "paused"].includes(status);
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      toast(said(error), { tone: "error" });
    }
  };
  const again = () =>
    attempt(async () => {
      if (!workflowId) return;
      const id = await execute(workflowId, (inputs ?? {}) as Record<string, unknown>);
      await navigate({ to: "/runs/$runId", params: { runId: id } });
    });
  return (
    <>
      <IconButton
        label={t`Export as JSON`}
        className="max-md:hidden"
        onClick={() => void attempt(() => exportRun(runId))}
      >
        <Download />
      </IconButton>
      {workflowId ? (
        <Link
          to="/w/$workflowId"
          params={{ workflowId }}
          search={{ run: runId }}
          className="inline-flex h-8 items-center gap-[7px] rounded-ctl border border-line-2 bg-panel px-3 font-semibold whitespace-nowrap hover:bg-panel-2 max-md:hidden [&_svg]:size-4"
        >
          <Workflow aria-hidden />
          {t`Open on the canvas`}
        </Link>
      ) : null}
      {status === "running" ? (
        <Button className="max-md:hidden" onClick={() => void attempt(() => command(runId, { type: "pause" }))}>
          <Pause aria-hidden />
          {t`Pause`}
        </Button>
      ) : null}
      {status === "paused" ? (
        <Button look="main" onClick={() => void attempt(() => command(runId, { type: "resume" }))}>
          <Play aria-hidden />
          {t`Go on`}
        </Button>
      ) : null}
      {going ? (
        <Button look="danger" onClick={() => void attempt(() => command(runId, { type: "cancel" }))}>
          <Square aria-hidden />
          {t`Stop`}
        </Button>
      ) : (
        <Button look="main" disabled={!workflowId} onClick={() => void again()}>
          <RotateCcw aria-hidden />
          {t`Run again`}
        </Button>
      )}
    </>
  );
}
