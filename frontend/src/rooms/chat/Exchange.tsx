import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useEffect, useState } from "react";
import { answerIn, messageIn } from "~/core/chat/inputs";
import { lampOf } from "~/core/run/lamps";
import { type Row, rowsOf } from "~/core/trace/rows";
import { isGoing } from "~/core/trace/span";
import type { Trace } from "~/core/trace/trace";
import { count, dollars, duration } from "~/core/words";
import { Answer } from "~/rooms/runs/inspector/Answer";
import { labelOf, tileOf } from "~/rooms/runs/inspector/labels";
import { type Names, useNames, useTrace } from "~/rooms/runs/inspector/useRun";
import { Mark } from "~/shell/Mark";
import { Lamp, statusWord } from "~/ui/Lamp";
import { Tile } from "~/ui/Tile";
import { ValueView } from "~/ui/ValueView";

interface Props {
  runId: string;
  name: string;
  input: string | undefined;
  onEnd: (runId: string) => void;
}

/** One message and its answer: the steps of the run in a line, then what it says. */
export function Exchange({ runId, name, input, onEnd }: Props) {
  const { trace } = useTrace(runId);
  const names = useNames(runId);
  const { head } = trace;
  const ended = head.endedAt !== null;
  useEffect(() => {
    if (ended) onEnd(runId);
  }, [ended, runId, onEnd]);
  const rows = rowsOf(trace.spans.values(), new Set());
  return (
    <>
      <Says
        who={t`You`}
        picture={
          <span className="grid size-8 place-items-center rounded-full bg-panel-3 text-xs font-bold">{t`You`}</span>
        }
      >
        <p className="text-[15px]/[1.55] break-words whitespace-pre-wrap" dir="auto">
          {messageIn(head.inputs, input)}
        </p>
      </Says>
      <Says
        who={name}
        picture={
          <span className="grid size-8 place-items-center rounded-ctl bg-rail" aria-hidden>
            <Mark />
          </span>
        }
      >
        <Steps runId={runId} rows={rows} trace={trace} names={names} />
        {head.waiting.map((one) => (
          <div key={JSON.stringify([one.node_id, one.path])} className="-mx-3.5">
            <Answer runId={runId} waiting={one} names={names} />
          </div>
        ))}
        <Reply trace={trace} rows={rows} />
      </Says>
    </>
  );
}

function Says({ who, picture, children }: { who: string; picture: React.ReactNode; children: React.ReactNode }) {
  return (
    <div className="flex gap-3.5">
      <span className="shrink-0">{picture}</span>
      <div className="flex min-w-0 flex-1 flex-col gap-2 pt-1">
        <h2 className="font-[650]" dir="auto">
          {who}
        </h2>
        {children}
      </div>
    </div>
  );
}

function Steps({ runId, rows, trace, names }: { runId: string; rows: Row[]; trace: Trace; names: Names }) {
  const [open, setOpen] = useState(false);
  const { head } = trace;
  const nodes = rows.filter((row) => row.span.kind === "node" && row.span.status !== "skipped");
  const working = nodes.findLast((row) => isGoing(row.span) && !row.container);
  const cost = rows
    .filter((row) => row.depth === 0)
    .reduce<number | null>((sum, { use }) => (use.cost === null ? sum : (sum ?? 0) + use.cost), null);
  const took = head.startedAt !== null && head.endedAt !== null ? duration(head.endedAt - head.startedAt) : null;
  const line = [
    working ? labelOf(working.span, names) : t`${count(nodes.length)} steps`,
    took,
    cost === null ? null : dollars(cost),
  ].filter(Boolean);
  const Icon = open ? ChevronDown : ChevronRight;
  return (
    <div className="rounded-ctl border border-line-2">
      <div className="flex h-9 items-center gap-2 px-2.5">
        <button
          type="button"
          aria-expanded={open}
          className="flex min-w-0 flex-1 items-center gap-2 text-start"
          onClick={() => setOpen(!open)}
        >
          <Icon className="size-4 shrink-0 text-ink-3" aria-hidden />
          <span className="truncate text-ink-2">{line.join(" · ")}</span>
        </button>
        <Lamp status={lampOf(head.status)} size={14} />
        <span className="text-xs text-ink-3">{statusWord(lampOf(head.status))}</span>
        <Link to="/runs/$runId" params={{ runId }} className="text-xs font-semibold text-focus underline">
          {t`Open the run`}
        </Link>
      </div>
      {open ? (
        <ol aria-label={t`Steps`} className="border-t border-line">
          {rows.map((row) => (
            <li key={row.span.key} className="border-b border-line last:border-b-0">
              <Link
                to="/runs/$runId"
                params={{ runId }}
                search={{ span: row.span.key }}
                className="flex h-8 items-center gap-2.5 px-2.5 hover:bg-panel-2 focus-visible:-outline-offset-2"
                style={{ paddingInlineStart: 10 + row.depth * 18 }}
              >
                <Tile type={tileOf(row.span, names)} size="small" />
                <span className="min-w-0 flex-1 truncate">{labelOf(row.span, names)}</span>
                <span className="font-mono text-xs text-ink-3">
                  {row.start !== null && row.end !== null ? duration(row.end - row.start) : ""}
                </span>
                <Lamp status={lampOf(row.span.status)} size={14} />
                <span className="sr-only">{statusWord(lampOf(row.span.status))}</span>
              </Link>
            </li>
          ))}
        </ol>
      ) : null}
    </div>
  );
}

/** What the run answers: what is written right now, and in the end its result. */
function Reply({ trace, rows }: { trace: Trace; rows: Row[] }) {
  const { head } = trace;
  if (head.endedAt === null) {
    const writing = rows.findLast((row) => row.span.stepKind === "model" && isGoing(row.span));
    const text = writing ? trace.text(writing.span.key) : "";
    return text ? <Words text={text} writing /> : null;
  }
  if (head.error) {
    return (
      <p role="alert" className="break-words text-fail" dir="auto">
        {head.error}
      </p>
    );
  }
  if (head.status === "cancelled") {
    const stopped = rows.findLast((row) => row.span.stepKind === "model");
    const text = stopped ? trace.text(stopped.span.key) : "";
    return (
      <>
        {text ? <Words text={text} /> : null}
        <p className="text-xs text-ink-3">{t`Stopped.`}</p>
      </>
    );
  }
  const text = answerIn(head.result);
  return text === null ? <ValueView value={head.result} label={t`Answer`} /> : <Words text={text} />;
}

function Words({ text, writing = false }: { text: string; writing?: boolean }) {
  return (
    <p className="text-[15px]/[1.55] break-words whitespace-pre-wrap" dir="auto">
      {text}
      {writing ? <span aria-hidden className="ms-0.5 inline-block h-[1.1em] w-2 translate-y-0.5 bg-run" /> : null}
    </p>
  );
}
