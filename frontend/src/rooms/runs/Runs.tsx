import { t } from "@lingui/core/macro";
import { keepPreviousData } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { server } from "~/api/client";
import { csv, download } from "~/core/download";
import { type Filter } from "~/core/history/filter";
import { pillarsOf, stretchesOf, wantedBy } from "~/core/history/pillars";
import { said } from "~/core/run/command";
import { count } from "~/core/words";
import { runs } from "~/routes";
import { TopBar } from "~/shell/TopBar";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { Menu } from "~/ui/Menu";
import { toast } from "~/ui/Toasts";
import { useNow } from "~/ui/useNow";
import { Between, Finder, OutcomeChips } from "./Filters";
import { happened, tokensOf, tookMs } from "./happened";
import { everyRun, hasOpen, historyOf } from "./histories";
import { Outcomes } from "./Outcomes";
import { RunTable } from "./RunTable";

const BUSY_MS = 2_000;
const CALM_MS = 6_000;

/** What ran, what runs, and what came of it. */
export function Runs() {
  const filter = runs.useSearch();
  const navigate = useNavigate();
  const change = useCallback((next: Filter) => void navigate({ to: "/runs", search: next, replace: true }), [navigate]);
  const list = historyOf(filter);
  const listed = useSyncExternalStore(list.subscribe, list.snapshot);
  const { counts, pillars, total } = useTally(filter);
  useEffect(() => {
    if (list.listed.rows.length === 0) void list.more();
    else void list.refresh();
  }, [list]);
  const busy = hasOpen(listed.rows);
  useEffect(() => {
    const timer = setInterval(
      () => {
        if (!document.hidden) void list.refresh();
      },
      busy ? BUSY_MS : CALM_MS,
    );
    return () => clearInterval(timer);
  }, [list, busy]);
  const failed = counts.get("failed") ?? 0;
  const shown = filter.status ? listed.rows.length : total;
  const nothing = listed.state === "ready" && listed.rows.length === 0;
  const ever = filter.span === "ever" && !filter.q && !filter.workflow && !filter.status;
  return (
    <>
      <TopBar
        title={t`Runs`}
        actions={
          <>
            <Finder filter={filter} onChange={change} />
            <TakeAway filter={filter} />
          </>
        }
      />
      <div className="flex min-h-0 flex-1 flex-col">
        <div className="border-b border-line px-[18px] pt-3 pb-3.5">
          <p className="mb-2 text-[13px] text-ink-3" aria-live="polite">
            <span className="font-[650] text-ink">{total === 1 ? t`1 run` : t`${count(total)} runs`}</span>{" "}
            {total > 0 ? t`${share(total - failed, total)} without an error` : null}
          </p>
          <div className="max-sm:hidden">
            <Outcomes pillars={pillars} onPick={(from, to) => change({ ...filter, from, to })} />
          </div>
        </div>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-[18px] pt-2.5 pb-1.5">
          <OutcomeChips filter={filter} onChange={change} counts={counts} />
          <Between filter={filter} onChange={change} />
          <span className="ms-auto text-xs text-ink-3">
            {listed.error ? t`Not up to date: ${said(listed.error)}` : t`live`}
          </span>
        </div>
        {nothing ? <NothingRan filter={filter} ever={ever} onChange={change} /> : null}
        {listed.state === "failed" ? (
          <Empty title={t`The history is not to be had`} text={said(listed.error)}>
            <Button onClick={() => void list.more()}>{t`Try again`}</Button>
          </Empty>
        ) : null}
        {listed.rows.length > 0 ? (
          <RunTable
            key={JSON.stringify(filter)}
            list={list}
            listed={listed}
            total={shown}
            oldestFirst={filter.order === "oldest"}
            onOrder={() => {
              const { order, ...rest } = filter;
              change(order ? rest : { ...rest, order: "oldest" });
            }}
          />
        ) : null}
      </div>
    </>
  );
}

function NothingRan({ filter, ever, onChange }: { filter: Filter; ever: boolean; onChange: (next: Filter) => void }) {
  const navigate = useNavigate();
  if (ever) {
    return (
      <Empty
        title={t`Nothing has run yet`}
        text={t`Open a workflow and run it; what it does will be here, step by step.`}
      >
        <Button look="main" onClick={() => void navigate({ to: "/workflows" })}>{t`Choose a workflow`}</Button>
      </Empty>
    );
  }
  return (
    <Empty title={t`No run fits`} text={t`None of the runs is like that, or it is longer ago.`}>
      <Button onClick={() => onChange({ span: "ever" })}>{t`Show all runs`}</Button>
      {filter.q ? <Button onClick={() => onChange({ ...filter, q: "" })}>{t`Drop the search`}</Button> : null}
    </Empty>
  );
}

/** Counts of all outcomes, and bars over time; asked again now and then. */
function useTally(filter: Filter) {
  const now = useNow(CALM_MS);
  const stretches = useMemo(() => stretchesOf(filter, now), [filter, now]);
  const options = { placeholderData: keepPreviousData };
  const all = server.useQuery("get", "/api/history", { params: { query: wantedBy(filter, now) } }, options);
  const { since: _since, until: _until, ...named } = wantedBy(filter, now);
  const bars = server.useQuery(
    "get",
    "/api/history",
    { params: { query: { ...named, since: new Date(stretches.since).toISOString(), width_s: stretches.widthS } } },
    options,
  );
  return useMemo(() => {
    const counts = new Map((all.data ?? []).map((one) => [one.status, one.count]));
    const total = [...counts.values()].reduce((sum, one) => sum + one, 0);
    return { counts, total, pillars: pillarsOf(bars.data ?? [], stretches) };
  }, [all.data, bars.data, stretches]);
}

const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });
const share = (part: number, whole: number) => percent.format(part / whole);

/** The runs of the list as a file. */
function TakeAway({ filter }: { filter: Filter }) {
  const take = async (kind: "json" | "csv") => {
    try {
      const rows = await everyRun(filter);
      if (kind === "json") download("runs.json", JSON.stringify(rows, null, 2));
      else {
        const heads = ["id", "workflow", "status", "begun", "ms", "tokens", "cost_usd", "what_happened"];
        const cells = rows.map((row) => [
          row.execution_id,
          row.workflow_name,
          row.status,
          row.created_at,
          Math.round(tookMs(row, Date.now())),
          tokensOf(row),
          row.digest?.usage?.cost_usd,
          happened(row),
        ]);
        download("runs.csv", csv([heads, ...cells]), "text/csv");
      }
    } catch (error) {
      toast(said(error), { tone: "error" });
    }
  };
  return (
    <Menu
      label={t`Export`}
      trigger={
        <Button look="ghost" className="max-md:hidden">
          <Download aria-hidden />
          {t`Export`}
        </Button>
      }
      entries={[
        { label: t`As JSON`, onSelect: () => void take("json") },
        { label: t`As CSV`, onSelect: () => void take("csv") },
      ]}
    />
  );
}
