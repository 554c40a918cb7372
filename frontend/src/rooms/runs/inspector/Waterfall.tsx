import { t } from "@lingui/core/macro";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronRight } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { lampOf } from "~/core/run/lamps";
import type { Chosen } from "~/core/trace/chosen";
import type { Row } from "~/core/trace/rows";
import { type Scale, zoomed } from "~/core/trace/scale";
import { count, dollars, duration } from "~/core/words";
import { Lamp, statusWord } from "~/ui/Lamp";
import { Tile } from "~/ui/Tile";
import { useWide } from "~/ui/useWide";
import { Bar, Stripes } from "./Bar";
import { labelOf, tileOf } from "./labels";
import type { Names } from "./useRun";

const ROW = 29;
const COLUMNS = "grid grid-cols-[minmax(180px,306px)_minmax(120px,1fr)_92px_64px_70px]";

interface Props {
  rows: Row[];
  scale: Scale;
  until: number;
  names: Names;
  chosen: Chosen;
  going: boolean;
  onChoose: (change: Partial<Chosen>) => void;
  folded: ReadonlySet<string>;
  onFold: (folded: ReadonlySet<string>) => void;
}

/** What happened when: a row for each attempt, call and round. */
export function Waterfall({ rows, scale, until, names, chosen, going, onChoose, folded, onFold }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const index = rows.findIndex((row) => row.span.key === chosen.span);
  useEffect(() => {
    if (index >= 0) virtual.scrollToIndex(index, { align: "auto" });
    // Only when another one is chosen: rows that come must not move what is read.
    // eslint-disable-next-line react/exhaustive-deps
  }, [chosen.span]);
  const [from, to] = [chosen.from ?? 0, chosen.to ?? 1];
  const roomy = useWide(1200);
  const fold = (key: string, away: boolean) => {
    const next = new Set(folded);
    if (away) next.add(key);
    else next.delete(key);
    onFold(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[index];
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -rows.length, End: rows.length }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = rows[Math.min(rows.length - 1, Math.max(0, index + step))];
      if (next) onChoose({ span: next.span.key });
    } else if (row && event.key === "ArrowRight" && row.children > 0) fold(row.span.key, false);
    else if (row && event.key === "ArrowLeft" && row.children > 0 && !folded.has(row.span.key))
      fold(row.span.key, true);
    else if (row?.span.parent && event.key === "ArrowLeft") onChoose({ span: row.span.parent });
    else if (event.key === "Escape") onChoose({ span: undefined });
  };
  const failed = rows.filter((row) => row.span.status === "failed" && row.children === 0).length;
  const seen = new Set(rows.map((row) => row.span.nodeId));
  const ahead = going ? names.order.filter((id) => !seen.has(id)) : [];
  return (
    <div className="flex min-h-32 flex-1 flex-col">
      <Stripes />
      <div
        className={`${COLUMNS} h-[27px] shrink-0 items-center border-b border-line pe-3.5 text-[11.5px] font-semibold text-ink-3`}
      >
        <span className="flex items-center gap-2 px-3.5">
          {t`${count(rows.length)} spans`}
          {failed > 0 ? <span className="rounded-chip bg-fail-bg px-1.5 text-fail">{t`errors ${failed}`}</span> : null}
        </span>
        <span className="relative h-full overflow-hidden" aria-hidden>
          {shownTicks(scale, from, to, roomy ? 1 : 2).map(({ x, ms }) => (
            <span key={ms} className="absolute top-1.5 ps-1 font-mono font-normal" style={{ left: `${x * 100}%` }}>
              {duration(ms)}
            </span>
          ))}
        </span>
        <span className="text-end">{t`Time`}</span>
        <span className="text-end">{t`Tokens`}</span>
        <span className="text-end">{t`Cost`}</span>
      </div>
      <div
        ref={box}
        role="tree"
        aria-label={t`Spans of the run`}
        aria-activedescendant={index >= 0 ? `span-${index}` : undefined}
        tabIndex={0}
        className="min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2"
        onKeyDown={onKeyDown}
      >
        <div className="relative" role="presentation" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const { span } = row;
            const isChosen = item.index === index;
            const name = labelOf(span, names);
            const took = tookOf(row, until);
            return (
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are those of the tree
              <div
                key={span.key}
                id={`span-${item.index}`}
                role="treeitem"
                tabIndex={-1}
                aria-level={row.depth + 1}
                aria-selected={isChosen}
                aria-expanded={row.children > 0 ? !folded.has(span.key) : undefined}
                aria-label={[name, statusWord(lampOf(span.status)), took, usedOf(row)].filter(Boolean).join(", ")}
                className={`${COLUMNS} absolute inset-x-0 h-[29px] cursor-pointer items-center border-b border-line pe-3.5 ${isChosen ? "bg-panel-3 shadow-[inset_3px_0_var(--ink)]" : "hover:bg-panel-2"}`}
                style={{ transform: `translateY(${item.start}px)` }}
                onClick={() => onChoose({ span: isChosen ? undefined : span.key })}
              >
                <span
                  className="flex min-w-0 items-center gap-2 ps-3.5"
                  style={{ paddingInlineStart: 14 + row.depth * 17 }}
                >
                  <Fold row={row} folded={folded.has(span.key)} onFold={(away) => fold(span.key, away)} />
                  <Tile type={tileOf(span, names)} size="small" />
                  <span
                    className={`truncate ${span.status === "skipped" ? "text-ink-3" : ""} ${row.depth === 0 ? "font-[550]" : ""}`}
                    dir="auto"
                  >
                    {name}
                  </span>
                  {span.status === "completed" ? null : <Lamp status={lampOf(span.status)} size={14} />}
                </span>
                <Bar row={row} scale={scale} until={until} from={from} to={to} />
                <span className="text-end font-mono text-xs whitespace-nowrap">{took}</span>
                <span className="text-end font-mono text-xs text-ink-3">{tokensOf(row)}</span>
                <span className="text-end font-mono text-xs text-ink-3">
                  {row.use.cost === null ? "" : dollars(row.use.cost)}
                </span>
              </div>
            );
          })}
        </div>
        {ahead.map((id) => (
          <div
            key={id}
            role="treeitem"
            aria-level={1}
            aria-selected={false}
            aria-disabled
            aria-label={`${names.nameOf(id)}, ${statusWord("queued")}`}
            className={`${COLUMNS} h-[29px] items-center border-b border-line text-ink-3`}
          >
            <span className="flex min-w-0 items-center gap-2" style={{ paddingInlineStart: 14 + 22 }}>
              <Tile type={names.typeOf(id)} size="small" />
              <span className="truncate" dir="auto">
                {names.nameOf(id)}
              </span>
              <Lamp status="queued" size={14} />
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}

function Fold({ row, folded, onFold }: { row: Row; folded: boolean; onFold: (away: boolean) => void }) {
  if (row.children === 0) return <span className="w-3.5 shrink-0" />;
  const Icon = folded ? ChevronRight : ChevronDown;
  return (
    // A second way for the pointer; the tree has keys for it.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <span
      className="shrink-0 text-ink-3"
      onClick={(event) => {
        event.stopPropagation();
        onFold(!folded);
      }}
    >
      <Icon className="size-3.5" aria-hidden />
    </span>
  );
}

/** Ticks that are in sight and have room for their words. */
function shownTicks(scale: Scale, from: number, to: number, every: number): { x: number; ms: number }[] {
  return scale.ticks
    .map(({ x, ms }) => ({ x: zoomed(x, from, to), ms }))
    .filter(({ x }, index) => x >= 0 && x < 0.92 && index % every === 0);
}

export function tookOf({ start, end }: Row, until: number): string {
  return start === null ? "" : duration((end ?? until) - start);
}

function tokensOf({ use }: Row): string {
  return use.input + use.output > 0 ? count(use.input + use.output) : "";
}

function usedOf(row: Row): string {
  const tokens = tokensOf(row);
  return tokens ? t`${tokens} tokens` : "";
}
