import { t } from "@lingui/core/macro";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import { useRunVersion, useSession, useShownRun } from "../session/hooks";

const LINE = 22;

/** The lines of the run; only those that are seen are in the page. */
export function Logs() {
  const { view } = useSession();
  const live = useShownRun()?.live;
  useRunVersion();
  const [query, setQuery] = useState("");
  const box = useRef<HTMLDivElement>(null);
  const [end, setEnd] = useState(true);
  const wanted = query.toLowerCase();
  const lines = live
    ? wanted
      ? live.logs.filter((line) => line.message.toLowerCase().includes(wanted))
      : live.logs
    : [];
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE,
    overscan: 20,
  });
  useEffect(() => {
    if (end && lines.length > 0) rows.scrollToIndex(lines.length - 1);
  }, [end, lines.length, rows]);
  if (!live) return null;
  return (
    <div className="flex h-full flex-col">
      <input
        type="search"
        aria-label={t`Search the logs`}
        placeholder={t`Search the logs`}
        className="mx-4 my-1.5 h-[26px] w-64 rounded-ctl border border-ctl bg-panel px-2"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <div
        ref={box}
        role="log"
        aria-label={t`Logs`}
        aria-live="off"
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="min-h-0 flex-1 overflow-auto px-4 font-mono text-xs"
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) =>
          setEnd(scrollHeight - scrollTop - clientHeight < 2 * LINE)
        }
      >
        <div className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const line = lines[index];
            if (!line) return null;
            const tone = line.level === "ERROR" ? "text-fail" : line.level === "WARNING" ? "text-wait" : "text-ink-2";
            return (
              <button
                key={index}
                type="button"
                tabIndex={-1}
                className={`absolute inset-x-0 flex h-[22px] gap-3 text-start hover:bg-panel-2 ${tone}`}
                style={{ transform: `translateY(${start}px)` }}
                onClick={() => line.node_id && view.select(line.node_id)}
              >
                <span className="shrink-0 text-ink-3">{line.timestamp.slice(11, 23)}</span>
                <span className="w-14 shrink-0">{line.level}</span>
                <span className="truncate" dir="auto">
                  {line.message}
                </span>
              </button>
            );
          })}
        </div>
      </div>
    </div>
  );
}
