import { t } from "@lingui/core/macro";
import { CircleX, CircleCheck, TriangleAlert } from "lucide-react";
import { lampOf } from "~/core/run/lamps";
import { ago, count, dollars, duration } from "~/core/words";
import { server } from "~/api/client";
import { Lamp, type LampStatus, statusWord } from "~/ui/Lamp";
import { useProblems, useRunHead, useSession, useShownRun, useView } from "../session/hooks";
import type { DockTab } from "../session/view";

const ENTRY = "flex h-8 items-center gap-1.5 rounded-chip px-1.5 hover:text-ink aria-expanded:text-ink [&_svg]:size-4";

/** The line under the canvas: problems, what can be opened, how the last run went. */
export function Strip() {
  const { view } = useSession();
  const dock = useView((state) => state.dock);
  const { list } = useProblems();
  const errors = list.filter((problem) => problem.severity === "error").length;
  const warnings = list.length - errors;
  const toggle = (tab: DockTab) => view.setState({ dock: dock === tab ? null : tab });
  const running = useShownRun() !== null;
  return (
    <footer className="flex h-8 shrink-0 items-center gap-3 overflow-hidden border-t border-line bg-panel px-2.5 text-ink-2">
      <button type="button" className={ENTRY} aria-expanded={dock === "problems"} onClick={() => toggle("problems")}>
        {errors > 0 ? (
          <span className="flex items-center gap-1.5 font-semibold text-fail">
            <CircleX aria-hidden />
            {errors === 1 ? t`1 error` : t`${errors} errors`}
          </span>
        ) : null}
        {warnings > 0 ? (
          <span className="flex items-center gap-1.5 font-semibold text-wait">
            <TriangleAlert aria-hidden />
            {warnings === 1 ? t`1 warning` : t`${warnings} warnings`}
          </span>
        ) : null}
        {list.length === 0 ? (
          <span className="flex items-center gap-1.5">
            <CircleCheck className="text-ok" aria-hidden />
            {t`No problems`}
          </span>
        ) : null}
      </button>
      <button type="button" className={ENTRY} aria-expanded={dock === "debug"} onClick={() => toggle("debug")}>
        {t`Debug`}
      </button>
      {running ? (
        <>
          <button
            type="button"
            className={ENTRY}
            aria-expanded={dock === "timeline"}
            onClick={() => toggle("timeline")}
          >
            {t`Timeline`}
          </button>
          <button type="button" className={ENTRY} aria-expanded={dock === "logs"} onClick={() => toggle("logs")}>
            {t`Logs`}
          </button>
          <button type="button" className={ENTRY} aria-expanded={dock === "output"} onClick={() => toggle("output")}>
            {t`Output`}
          </button>
        </>
      ) : null}
      <span className="flex-1" />
      {running ? <ThisRun /> : <LastRun />}
    </footer>
  );
}

function ThisRun() {
  const head = useRunHead();
  const shown = useShownRun();
  if (!head || !shown) return null;
  return (
    <span className="flex items-center gap-2 text-xs text-ink-3 max-sm:hidden">
      {head.startedAt ? new Date(head.startedAt).toLocaleTimeString() : ""}
      <span className="font-mono">{shown.id}</span>
    </span>
  );
}

/** How it went the last time; a click shows it. */
function LastRun() {
  const { id, run } = useSession();
  const runs = server.useQuery("get", "/api/executions", { params: { query: { workflow_id: id, limit: 1 } } });
  const [last] = runs.data ?? [];
  if (!last) return null;
  const status: LampStatus = last.status === "pending" ? "queued" : lampOf(last.status as Parameters<typeof lampOf>[0]);
  const took = last.completed_at ? duration(Date.parse(last.completed_at) - Date.parse(last.created_at)) : "";
  return (
    <button type="button" className={`${ENTRY} max-sm:hidden`} onClick={() => run.show(last.execution_id)}>
      {t`Last run`} <Lamp status={status} size={14} />
      <span className="font-semibold">{statusWord(status)}</span>
      <span className="text-ink-3">{[took, ago(last.created_at)].filter(Boolean).join(" · ")}</span>
    </button>
  );
}

export const spentInWords = (tokens: number, cost: number | null): string =>
  [tokens > 0 ? t`${count(tokens)} tok` : "", cost === null ? "" : dollars(cost)].filter(Boolean).join(" · ");
