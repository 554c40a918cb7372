import { t } from "@lingui/core/macro";
import { lampOf } from "~/core/run/lamps";
import type { Chosen } from "~/core/trace/chosen";
import type { Row } from "~/core/trace/rows";
import type { Trace } from "~/core/trace/trace";
import { count, dollars } from "~/core/words";
import { Lamp, statusWord } from "~/ui/Lamp";
import { Tile } from "~/ui/Tile";
import { ValueView } from "~/ui/ValueView";
import { Answer } from "./Answer";
import { labelOf, tileOf } from "./labels";
import type { Names } from "./useRun";
import { tookOf } from "./Waterfall";

interface Props {
  runId: string;
  rows: Row[];
  trace: Trace;
  until: number;
  names: Names;
  onChoose: (change: Partial<Chosen>) => void;
}

const TAIL = 400;

/** The run on a phone: a line from top to bottom, with a card where it is at work. */
export function Line({ runId, rows, trace, until, names, onChoose }: Props) {
  const { head } = trace;
  const stations = rows.filter((row) => row.span.kind !== "step");
  const seen = new Set(stations.map((row) => row.span.nodeId));
  const ahead = head.endedAt === null ? names.order.filter((id) => !seen.has(id)) : [];
  return (
    <div className="min-h-0 flex-1 overflow-auto px-4 py-3">
      {head.waiting.map((one) => (
        <div key={JSON.stringify([one.node_id, one.path])} className="-mx-3.5">
          <Answer runId={runId} waiting={one} names={names} />
        </div>
      ))}
      <ol
        aria-label={t`The run, step by step`}
        className="relative before:absolute before:inset-y-4 before:start-[13px] before:w-1 before:bg-line-2"
      >
        {stations.map((row) => (
          <Station key={row.span.key} row={row} trace={trace} until={until} names={names} onChoose={onChoose} />
        ))}
        {ahead.map((id) => (
          <li key={id} className="relative flex h-12 items-center gap-3 text-ink-3">
            <Tile type={names.typeOf(id)} />
            <span className="flex-1 truncate" dir="auto">
              {names.nameOf(id)}
            </span>
            <Lamp status="queued" named />
          </li>
        ))}
      </ol>
      {head.endedAt !== null ? (
        <section aria-label={t`Output`} className="mt-4 border-t border-line pt-3">
          <h2 className="cap mb-1">{head.error ? t`It failed` : t`Output`}</h2>
          {head.error ? (
            <p className="break-words text-fail">{head.error}</p>
          ) : (
            <ValueView value={head.result} label={t`Output of the run`} />
          )}
        </section>
      ) : null}
    </div>
  );
}

function Station({ row, trace, until, names, onChoose }: Omit<Props, "rows" | "runId"> & { row: Row }) {
  const { span, depth } = row;
  const writing = span.status === "running" && !row.container ? textOf(trace, span.key) : "";
  const lamp = lampOf(span.status);
  return (
    <li className="relative" style={{ paddingInlineStart: Math.min(depth, 4) * 14 }}>
      <button
        type="button"
        aria-label={[labelOf(span, names), statusWord(lamp), tookOf(row, until)].filter(Boolean).join(", ")}
        className={`flex min-h-12 w-full items-center gap-3 text-start ${span.status === "skipped" ? "text-ink-3" : ""}`}
        onClick={() => onChoose({ span: span.key })}
      >
        <Tile type={tileOf(span, names)} />
        <span className="min-w-0 flex-1 truncate font-semibold" dir="auto">
          {labelOf(span, names)}
        </span>
        <span className="font-mono text-xs text-ink-3">{tookOf(row, until)}</span>
        <Lamp status={lamp} />
      </button>
      {writing ? (
        <div className="mb-2 ms-9 rounded-panel border-2 border-run bg-node">
          <p className="p-2.5 text-[13px]/[1.5] break-words whitespace-pre-wrap" dir="auto">
            {writing.slice(-TAIL)}
          </p>
          <p className="flex justify-between border-t border-line bg-run-bg px-2.5 py-1 font-mono text-xs text-run">
            <span>{t`${count(row.use.input + row.use.output)} tokens`}</span>
            <span>{row.use.cost === null ? "" : dollars(row.use.cost)}</span>
          </p>
        </div>
      ) : null}
    </li>
  );
}

/** What the call that goes on has written. */
function textOf(trace: Trace, key: string): string {
  let text = trace.text(key);
  for (const span of trace.spans.values())
    if (span.parent === key && span.kind === "step") text = trace.text(span.key) || text;
  return text;
}
