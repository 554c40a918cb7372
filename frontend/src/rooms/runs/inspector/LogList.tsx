import { t } from "@lingui/core/macro";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import type { Line } from "~/core/run/messages";
import type { Chosen } from "~/core/trace/chosen";
import type { Span } from "~/core/trace/span";
import type { Trace } from "~/core/trace/trace";
import { count } from "~/core/words";
import { Chip } from "~/ui/Chip";

const LINE = 22;

interface Props {
  trace: Trace;
  selected: Span | undefined;
  chosen: Chosen;
  onChoose: (change: Partial<Chosen>) => void;
}

/** What was logged: of the chosen span, or of the whole run. */
export function LogList({ trace, selected, chosen, onChoose }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [query, setQuery] = useState("");
  const own = chosen.all ? undefined : selected;
  const lines = useMemo(() => {
    const ofSpan = own ? trace.logs.filter((line) => belongs(line, own)) : trace.logs;
    const wanted = query.toLowerCase();
    return wanted ? ofSpan.filter((line) => line.message.toLowerCase().includes(wanted)) : ofSpan;
    // Lines are added in place; their number says when.
    // eslint-disable-next-line react/exhaustive-deps
  }, [trace, trace.logs.length, own, query]);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE,
    overscan: 10,
  });
  return (
    <section aria-label={t`Logs`} className="flex h-44 shrink-0 flex-col border-t-2 border-line-2">
      <div className="flex h-[34px] shrink-0 items-center gap-2 border-b border-line px-3.5">
        <h2 className="text-xs font-bold">{t`Logs`}</h2>
        {selected ? (
          <>
            <Chip pressed={!chosen.all} onClick={() => onChoose({ all: undefined })}>{t`this span`}</Chip>
            <Chip pressed={Boolean(chosen.all)} onClick={() => onChoose({ all: true })}>
              {t`all ${count(trace.logs.length)}`}
            </Chip>
          </>
        ) : (
          <span className="text-xs text-ink-3">{count(trace.logs.length)}</span>
        )}
        <input
          type="search"
          aria-label={t`Filter the logs`}
          placeholder={t`Filter`}
          className="ms-auto h-[26px] w-52 rounded-ctl border border-ctl bg-panel px-2 text-xs"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      <div
        ref={box}
        role="log"
        aria-live="off"
        aria-label={t`Lines`}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="min-h-0 flex-1 overflow-auto px-3.5 font-mono text-xs focus-visible:-outline-offset-2"
      >
        {lines.length === 0 ? <p className="py-2 font-sans text-ink-3">{t`No line`}</p> : null}
        <div className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const line = lines[index];
            return line ? (
              <div
                key={index}
                className={`absolute flex h-[22px] items-center gap-3 whitespace-nowrap ${line.level === "ERROR" ? "text-fail" : "text-ink"}`}
                style={{ transform: `translateY(${start}px)` }}
              >
                <span className="text-ink-3">{timeOf(line.timestamp)}</span>
                <span className={`w-14 font-semibold ${TONES[line.level] ?? "text-ink-3"}`}>{line.level}</span>
                <span dir="auto">{line.message}</span>
              </div>
            ) : null;
          })}
        </div>
      </div>
    </section>
  );
}

const TONES: Record<string, string> = { WARNING: "text-wait", ERROR: "text-fail" };
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

function timeOf(timestamp: string): string {
  return `${clock.format(new Date(timestamp))}${timestamp.slice(19, 23)}`;
}

function belongs(line: Line, span: Span): boolean {
  const path = line.path.join("/");
  const own = span.path.join("/");
  if (span.kind === "round") return path === own || path.startsWith(`${own}/`);
  if (line.node_id === span.nodeId && path === own) return true;
  // What is inside a container is logged deeper down.
  const inner = `${own ? `${own}/` : ""}${span.nodeId.slice(span.nodeId.lastIndexOf("/") + 1)}[`;
  return span.kind === "node" && path.startsWith(inner);
}
