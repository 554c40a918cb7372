import { t } from "@lingui/core/macro";
import { useNavigate } from "@tanstack/react-router";
import { RotateCcw, X } from "lucide-react";
import { api } from "~/api/client";
import { command, fork, said } from "~/core/run/command";
import { lampOf } from "~/core/run/lamps";
import type { Chosen, Tab } from "~/core/trace/chosen";
import { type Share, sharesOf, within } from "~/core/trace/rows";
import { isGoing, type Span } from "~/core/trace/span";
import { talkOf } from "~/core/trace/talk";
import type { Trace } from "~/core/trace/trace";
import { Button, IconButton } from "~/ui/Button";
import { StatusPill } from "~/ui/StatusPill";
import { Tile } from "~/ui/Tile";
import { toast } from "~/ui/Toasts";
import { ValueView } from "~/ui/ValueView";
import { Answer } from "./Answer";
import { labelOf, placeWords, tileOf } from "./labels";
import { Money } from "./Money";
import { Talk } from "./Talk";
import type { Names } from "./useRun";

interface Props {
  runId: string;
  trace: Trace;
  names: Names;
  selected: Span | undefined;
  chosen: Chosen;
  onChoose: (change: Partial<Chosen>) => void;
}

/** Everything about the chosen span; about the run, if none is chosen. */
export function Details({ runId, trace, names, selected, chosen, onChoose }: Props) {
  const waiting = trace.head.waiting.filter(
    (one) => !selected || (one.node_id === selected.nodeId && String(one.path) === String(selected.path)),
  );
  return (
    <>
      {selected ? (
        <Head runId={runId} trace={trace} span={selected} names={names} onChoose={onChoose} />
      ) : (
        <h2 className="flex h-14 shrink-0 items-center px-3.5 text-[15px] font-bold">{t`The run`}</h2>
      )}
      {waiting.map((one) => (
        <Answer key={JSON.stringify([one.node_id, one.path])} runId={runId} waiting={one} names={names} />
      ))}
      {selected ? (
        <SpanTabs trace={trace} span={selected} names={names} chosen={chosen} onChoose={onChoose} />
      ) : (
        <RunTabs trace={trace} names={names} chosen={chosen} onChoose={onChoose} />
      )}
    </>
  );
}

function Head({ runId, trace, span, names, onChoose }: Omit<Props, "selected" | "chosen"> & { span: Span }) {
  const navigate = useNavigate();
  const failedForGood = span.status === "failed" && trace.head.status === "failed" && span.kind === "node";
  const again = async () => {
    try {
      const id = failedForGood
        ? await retryMended(runId, trace, span, names)
        : await fork(runId, Math.max(1, span.seq - 1));
      await navigate({ to: "/runs/$runId", params: { runId: id } });
    } catch (error) {
      toast(said(error), { tone: "error" });
    }
  };
  return (
    <div className="flex shrink-0 items-center gap-2.5 px-3.5 pt-3 pb-2">
      <Tile type={tileOf(span, names)} size="big" />
      <div className="min-w-0 flex-1">
        <h2 className="truncate text-[15px] font-bold" dir="auto">
          {labelOf(span, names)}
        </h2>
        <p className="flex flex-wrap items-center gap-2 text-[11.5px] text-ink-3">
          {placeWords(span)}
          {span.status === "completed" ? null : <StatusPill status={lampOf(span.status)} />}
        </p>
      </div>
      {span.kind === "node" && span.seq > 1 && !isGoing(span) && span.status !== "skipped" ? (
        <Button size="small" onClick={() => void again()}>
          <RotateCcw aria-hidden />
          {failedForGood ? t`Retry from here` : t`Re-run from here`}
        </Button>
      ) : null}
      <IconButton label={t`Close`} size="small" onClick={() => onChoose({ span: undefined })}>
        <X />
      </IconButton>
    </div>
  );
}

/** Try a node again, with what has been saved of the workflow since; what came before it is not run again. */
async function retryMended(runId: string, trace: Trace, span: Span, names: Names): Promise<string> {
  const { workflow_id: workflowId } = names.summary ?? {};
  const newest = workflowId
    ? await api
        .GET("/api/workflows/{workflow_id}", { params: { path: { workflow_id: workflowId } } })
        .then(({ data }) => data?.version_number)
        .catch(() => undefined) // deleted since: the run has its own plan
    : undefined;
  const first = trace.spans.get([...span.path, span.nodeId].join("/")) ?? span;
  if (newest !== undefined) return fork(runId, Math.max(1, first.seq - 1), newest);
  const node = span.nodeId.slice(span.nodeId.lastIndexOf("/") + 1);
  return command(runId, { type: "retry", node, scope: span.path.join("/") });
}

interface TabsProps {
  tabs: [Tab, string][];
  chosen: Tab;
  onChoose: (change: Partial<Chosen>) => void;
}

function Tabs({ tabs, chosen, onChoose }: TabsProps) {
  return (
    <div role="tablist" aria-label={t`About this`} className="flex h-9 shrink-0 gap-1 border-b border-line px-1">
      {tabs.map(([tab, label], index) => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`tab-${tab}`}
          aria-selected={tab === chosen}
          aria-controls="about"
          tabIndex={tab === chosen ? 0 : -1}
          className="-mb-px border-b-2 border-transparent px-2.5 font-semibold text-ink-3 aria-selected:border-ink aria-selected:text-ink"
          onClick={() => onChoose({ tab })}
          onKeyDown={(event) => {
            const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
            const next = step && tabs[(index + step + tabs.length) % tabs.length];
            if (!next) return;
            onChoose({ tab: next[0] });
            document.getElementById(`tab-${next[0]}`)?.focus();
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

const BODY = "flex min-h-0 flex-1 flex-col gap-2.5 overflow-auto p-3.5 focus-visible:-outline-offset-2";

function SpanTabs({
  trace,
  span,
  names,
  chosen,
  onChoose,
}: Pick<Props, "trace" | "names" | "chosen" | "onChoose"> & { span: Span }) {
  const own = [...trace.spans.values()].filter((one) => one.kind === "step" && one.parent === span.key);
  const steps = span.kind === "step" ? [span] : own;
  const talk = talkOf(steps, (key) => trace.text(key));
  const config = names.configOf(span.nodeId);
  const tabs: [Tab, string][] = [
    ...(talk.length > 0 ? [["talk", t`Messages ${talk.length}`] as [Tab, string]] : []),
    ["input", t`Input`],
    ["output", t`Output`],
    ...(span.kind === "node" && config ? [["config", t`Config`] as [Tab, string]] : []),
  ];
  const usual: Tab = talk.length > 0 ? "talk" : "output";
  const tab = tabs.some(([one]) => one === chosen.tab) ? (chosen.tab ?? usual) : usual;
  return (
    <>
      <Tabs tabs={tabs} chosen={tab} onChoose={onChoose} />
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <div id="about" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0} className={BODY}>
        {span.error ? (
          <p
            role="alert"
            className="rounded-ctl border border-fail px-2.5 py-2 text-xs break-words text-fail"
            dir="auto"
          >
            {span.error}
          </p>
        ) : null}
        {tab === "talk" ? <Talk talk={talk} /> : null}
        {tab === "input" ? <ValueView value={span.input} label={t`Input`} /> : null}
        {tab === "output" ? <ValueView value={span.output} label={t`Output`} /> : null}
        {tab === "config" ? <ValueView value={config} label={t`Config`} /> : null}
        {tab === usual ? <Money spans={within(trace.spans, span.key)} shares={named(trace, span, names)} /> : null}
      </div>
    </>
  );
}

/** Who used how much inside a span that holds others. */
function named(trace: Trace, span: Span, names: Names): Share[] {
  return sharesOf(within(trace.spans, span.key)).map((share) => ({ ...share, name: names.nameOf(share.name) }));
}

/** Whether a node failed by its own doing, and not because of what is inside. */
function failedItself(span: Span, _index: number, all: Span[]): boolean {
  return (
    span.kind === "node" &&
    span.status === "failed" &&
    !all.some((one) => one.parent === span.key && one.kind !== "step")
  );
}

function RunTabs({ trace, names, chosen, onChoose }: Pick<Props, "trace" | "names" | "chosen" | "onChoose">) {
  const { head } = trace;
  const tab: Tab = chosen.tab === "input" ? "input" : "output";
  const broken = head.error ? [...trace.spans.values()].findLast(failedItself) : undefined;
  const shares = sharesOf(trace.spans.values()).map((share) => ({ ...share, name: names.nameOf(share.name) }));
  return (
    <>
      <Tabs
        tabs={[
          ["output", t`Output`],
          ["input", t`Input`],
        ]}
        chosen={tab}
        onChoose={onChoose}
      />
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <div id="about" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0} className={BODY}>
        {tab === "input" ? <ValueView value={head.inputs} label={t`Input of the run`} /> : null}
        {tab === "output" && head.error ? (
          <p role="alert" className="rounded-ctl border border-fail px-2.5 py-2 break-words text-fail" dir="auto">
            {head.error}
          </p>
        ) : null}
        {tab === "output" && broken ? (
          <Button size="small" className="self-start" onClick={() => onChoose({ span: broken.key })}>
            {t`Go to ${labelOf(broken, names)}`}
          </Button>
        ) : null}
        {tab === "output" && head.endedAt === null ? (
          <p className="text-ink-3">{t`The output will be here when the run has ended.`}</p>
        ) : null}
        {tab === "output" && head.endedAt !== null && !head.error ? (
          <ValueView value={head.result} label={t`Output of the run`} />
        ) : null}
        <Money spans={trace.spans.values()} shares={shares} />
      </div>
    </>
  );
}
