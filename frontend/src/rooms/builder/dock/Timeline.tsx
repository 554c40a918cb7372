import { t } from "@lingui/core/macro";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import { nodeOf, titleOf } from "~/core/document/document";
import { lampOf } from "~/core/run/lamps";
import { type Bar, barsOf, ticks } from "~/core/run/timeline";
import { duration } from "~/core/words";
import { statusWord } from "~/ui/Lamp";
import { Tile } from "~/ui/Tile";
import { useDocument, useRunVersion, useSession, useShownRun } from "../session/hooks";

const ROW = 24;
const NAMES = globalThis.innerWidth < 720 ? 120 : 220;
const COLOURS: Partial<Record<ReturnType<typeof lampOf>, string>> = {
  running: "bg-run",
  succeeded: "bg-ok",
  failed: "bg-fail",
  waiting: "bg-wait",
  paused: "bg-pause",
  cancelled: "bg-pause",
};

/** When each node ran, round by round, with a line for now. */
export function Timeline() {
  const live = useShownRun()?.live;
  useRunVersion();
  const box = useRef<HTMLDivElement>(null);
  const now = useClock(live !== undefined && live.head.endedAt === null);
  const bars = live ? barsOf(live) : [];
  const rows = useVirtualizer({
    count: bars.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  if (!live) return null;
  const { startedAt, endedAt } = live.head;
  const begin = startedAt ?? bars[0]?.start ?? now;
  const span = Math.max(4, ((endedAt ?? now) - begin) * (endedAt ? 1.06 : 1.25));
  const at = (time: number) => `${((time - begin) / span) * 100}%`;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={box} tabIndex={0} role="group" aria-label={t`Timeline`} className="h-full overflow-auto px-4 pb-2">
      <div className="sticky top-0 z-[2] h-6 bg-panel" style={{ marginInlineStart: NAMES }} aria-hidden>
        <div className="relative h-full">
          {ticks(span, globalThis.innerWidth < 720 ? 2 : 7).map((tick) => (
            <span
              key={tick}
              className="absolute top-1 font-mono text-[11px] whitespace-nowrap text-ink-3"
              style={{ insetInlineStart: at(begin + tick) }}
            >
              {duration(tick)}
            </span>
          ))}
        </div>
      </div>
      <ul aria-label={t`Timeline`} className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const bar = bars[index];
          return bar ? <Row key={bar.key} bar={bar} top={start} at={at} now={endedAt ?? now} span={span} /> : null;
        })}
        {endedAt ? null : (
          <li aria-hidden className="pointer-events-none absolute inset-y-0 end-0" style={{ insetInlineStart: NAMES }}>
            <span className="absolute inset-y-0 w-0.5 bg-run" style={{ insetInlineStart: at(now) }} />
          </li>
        )}
      </ul>
    </div>
  );
}

interface RowProps {
  bar: Bar;
  top: number;
  at: (time: number) => string;
  now: number;
  span: number;
}

function Row({ bar, top, at, now, span }: RowProps) {
  const { view } = useSession();
  const node = useDocument((document) => nodeOf(document, bar.nodeId));
  const lit = lampOf(bar.status);
  const end = bar.end ?? now;
  const took = duration(end - bar.start);
  const name = bar.call ?? titleOf(node ?? { id: bar.nodeId });
  const title = bar.round && !bar.call ? `${name} · ${bar.round}` : name;
  return (
    <li className="absolute inset-x-0" style={{ transform: `translateY(${top}px)`, height: ROW }}>
      <button
        type="button"
        aria-label={`${title}, ${statusWord(lit)}, ${took}`}
        className="flex h-full w-full items-center rounded-chip hover:bg-panel-2"
        onClick={() => view.select(bar.nodeId)}
      >
        <span className="flex shrink-0 items-center gap-2" style={{ width: NAMES, paddingInlineStart: bar.depth * 16 }}>
          <Tile type={bar.call ? "tool" : (node?.type ?? "")} size="small" />
          <span className={`truncate text-start ${lit === "running" ? "font-bold" : ""}`} dir="auto">
            {title}
          </span>
        </span>
        <span className="relative h-full flex-1">
          <span
            className={`absolute top-1 h-4 rounded-[2px] ${COLOURS[lit] ?? "bg-idle"}`}
            style={{
              insetInlineStart: at(bar.start),
              width: `max(3px, ${((end - bar.start) / span) * 100}%)`,
            }}
          />
          <span
            className="absolute top-1 ps-1.5 font-mono text-[11px] whitespace-nowrap text-ink-3"
            style={{ insetInlineStart: at(end) }}
          >
            {took}
          </span>
        </span>
      </button>
    </li>
  );
}

function useClock(moving: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!moving) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [moving]);
  return now;
}
