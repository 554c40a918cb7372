import { t } from "@lingui/core/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { RotateCcw } from "lucide-react";
import { useEffect, useRef } from "react";
import type { ExecutionSummary } from "~/api/types";
import { isOpen } from "~/core/history/pillars";
import type { HistoryList, Listed } from "~/core/history/list";
import { command, said } from "~/core/run/command";
import { lampOf } from "~/core/run/lamps";
import { ago, count, dollars, duration } from "~/core/words";
import { Button } from "~/ui/Button";
import { Lamp, statusWord } from "~/ui/Lamp";
import { toast } from "~/ui/Toasts";
import { useNow } from "~/ui/useNow";
import { happened, tokensOf, tookMs } from "./happened";

const ROW = 44;
const ROW_PHONE = 64;
const TICK_MS = 1_000;
const CALM_MS = 30_000;
const AHEAD = 30; // rows before the end, at which the next page is fetched
const COLUMNS =
  "grid grid-cols-[116px_minmax(110px,200px)_minmax(0,1fr)_96px_76px_76px_minmax(92px,auto)] items-center gap-x-3 px-[18px]";

const phone = () => globalThis.matchMedia("(max-width: 767px)").matches;

interface Props {
  list: HistoryList;
  listed: Listed;
  total: number;
  oldestFirst: boolean;
  onOrder: () => void;
}

/** The runs; only those that are seen are in the page. */
export function RunTable({ list, listed, total, oldestFirst, onOrder }: Props) {
  const { rows, next } = listed;
  const box = useRef<HTMLDivElement>(null);
  const now = useNow(rows.some((row) => isOpen(row.status)) ? TICK_MS : CALM_MS);
  const height = phone() ? ROW_PHONE : ROW;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: 8,
    initialOffset: list.scroll,
    getItemKey: (index) => rows[index]?.execution_id ?? index,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (next !== null && last >= rows.length - AHEAD) void list.more();
  }, [list, last, rows.length, next]);
  return (
    <div role="table" aria-label={t`Runs`} aria-rowcount={total + 1} className="flex min-h-0 flex-1 flex-col">
      <div role="rowgroup" className="border-b border-line max-md:sr-only">
        <div role="row" aria-rowindex={1} className={`${COLUMNS} h-9 text-xs font-semibold text-ink-3`}>
          <span role="columnheader">{t`Status`}</span>
          <span role="columnheader">{t`Workflow`}</span>
          <span role="columnheader">{t`What happened`}</span>
          <span role="columnheader" className="text-end">{t`Time`}</span>
          <span role="columnheader" className="text-end">{t`Tokens`}</span>
          <span role="columnheader" className="text-end">{t`Cost`}</span>
          <span role="columnheader" aria-sort={oldestFirst ? "ascending" : "descending"} className="text-end">
            <button type="button" className="font-semibold hover:text-ink" onClick={onOrder}>
              {t`When`} <span aria-hidden>{oldestFirst ? "↑" : "↓"}</span>
            </button>
          </span>
        </div>
      </div>
      <div
        ref={box}
        role="presentation"
        className="min-h-0 flex-1 overflow-auto"
        onScroll={({ currentTarget }) => {
          list.scroll = currentTarget.scrollTop;
        }}
      >
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start, key }) => {
            const row = rows[index];
            return row ? (
              <div
                key={key}
                role="row"
                aria-rowindex={index + 2}
                className="absolute inset-x-0 border-b border-line focus-within:bg-panel-2 hover:bg-panel-2"
                style={{ height, transform: `translateY(${start}px)` }}
              >
                <Row row={row} now={now} />
              </div>
            ) : null;
          })}
        </div>
      </div>
    </div>
  );
}

function Row({ row, now }: { row: ExecutionSummary; now: number }) {
  const status = lampOf(row.status as never);
  const tokens = tokensOf(row);
  const cost = row.digest?.usage?.cost_usd ?? null;
  return (
    <div
      className={`${COLUMNS} group relative h-full max-md:grid-cols-[minmax(0,1fr)_auto] max-md:grid-rows-2 max-md:content-center max-md:gap-x-3 max-md:gap-y-0`}
    >
      <span
        role="cell"
        className={`flex items-center gap-2 font-semibold max-md:order-2 max-md:justify-end ${TONES[row.status] ?? ""}`}
      >
        <Lamp status={status} />
        {row.status === "waiting" ? t`Waiting` : statusWord(status)}
      </span>
      <span role="cell" className="truncate font-[650] max-md:order-1" dir="auto">
        <Link
          to="/runs/$runId"
          params={{ runId: row.execution_id }}
          className="outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus"
        >
          {row.workflow_name || row.workflow_id || row.execution_id}
        </Link>
      </span>
      <span
        role="cell"
        className={`truncate max-md:order-3 max-md:text-ink-3 ${row.status === "failed" ? "text-fail" : ""}`}
        dir="auto"
      >
        {happened(row)}
      </span>
      <span role="cell" className="text-end font-mono text-xs text-ink-2 max-md:hidden">
        {duration(tookMs(row, now))}
      </span>
      <span role="cell" className="text-end font-mono text-xs text-ink-2 max-md:hidden">
        {tokens === null ? "" : count(tokens)}
      </span>
      <span role="cell" className="text-end font-mono text-xs text-ink-2 max-md:hidden">
        {cost === null ? "" : dollars(cost)}
      </span>
      <span role="cell" className="relative text-end whitespace-nowrap text-ink-3 max-md:order-4">
        {row.status === "failed" && row.digest?.node_id ? (
          <>
            <span className="group-focus-within:invisible group-hover:invisible">{ago(row.created_at, now)}</span>
            <Retry row={row} node={row.digest.node_id} />
          </>
        ) : (
          ago(row.created_at, now)
        )}
      </span>
    </div>
  );
}

const TONES: Record<string, string> = {
  running: "text-run",
  completed: "text-ok",
  failed: "text-fail",
  waiting: "text-wait",
  paused: "text-pause",
  cancelled: "text-ink-3",
};

/** Names the node that failed; a finished run goes on as a run of its own. */
function Retry({ row, node }: { row: ExecutionSummary; node: string }) {
  const navigate = useNavigate();
  const retry = async () => {
    try {
      const id = await command(row.execution_id, { type: "retry", node, scope: "" });
      await navigate({ to: "/runs/$runId", params: { runId: id } });
    } catch (error) {
      toast(said(error), { tone: "error" });
    }
  };
  return (
    <Button
      size="small"
      className="absolute end-0 top-1/2 z-10 -translate-y-1/2 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 max-md:hidden"
      onClick={() => void retry()}
    >
      <RotateCcw aria-hidden />
      {t`Retry from ${node}`}
    </Button>
  );
}
