import { t } from "@lingui/core/macro";
import { Search, X } from "lucide-react";
import { useEffect, useState } from "react";
import { server } from "~/api/client";
import { type Filter, type Outcome, OUTCOMES, type Span, SPANS, USUAL_SPAN } from "~/core/history/filter";
import { count } from "~/core/words";
import { Chip } from "~/ui/Chip";
import { Lamp, statusWord } from "~/ui/Lamp";
import { lampOf } from "~/core/run/lamps";

interface Props {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

const CONTROL = "h-8 rounded-ctl border border-ctl bg-panel px-2.5 text-[13px]";
const TYPING_MS = 250;

/** The box that searches, the workflow and the time. */
export function Finder({ filter, onChange }: Props) {
  const workflows = server.useQuery("get", "/api/workflows", { params: { query: { limit: 500 } } });
  return (
    <>
      <SearchBox key={filter.q ?? ""} filter={filter} onChange={onChange} />
      <select
        aria-label={t`Workflow`}
        className={`${CONTROL} max-w-52 max-md:hidden`}
        value={filter.workflow ?? ""}
        onChange={({ target }) => {
          const { workflow: _, ...rest } = filter;
          onChange({ ...rest, ...(target.value && { workflow: target.value }) });
        }}
      >
        <option value="">{t`All workflows`}</option>
        {workflows.data?.map((workflow) => (
          <option key={workflow.id} value={workflow.id}>
            {workflow.name || workflow.id}
          </option>
        ))}
      </select>
      <select
        aria-label={t`Time`}
        className={`${CONTROL} max-sm:hidden`}
        value={filter.from === undefined ? (filter.span ?? USUAL_SPAN) : "between"}
        onChange={({ target }) => {
          const { from: _, to: __, ...rest } = filter;
          if (target.value === "between") onChange({ ...rest, from: Date.now() - 3_600_000, to: Date.now() });
          else onChange({ ...rest, span: target.value as Span });
        }}
      >
        {SPANS.map((span) => (
          <option key={span} value={span}>
            {spanWord(span)}
          </option>
        ))}
        <option value="between">{t`Between…`}</option>
      </select>
    </>
  );
}

function SearchBox({ filter, onChange }: Props) {
  const [text, setText] = useState(filter.q ?? "");
  useEffect(() => {
    if (text === (filter.q ?? "")) return undefined;
    const timer = setTimeout(() => {
      const { q: _, ...rest } = filter;
      onChange({ ...rest, ...(text && { q: text }) });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, filter, onChange]);
  return (
    <label className={`${CONTROL} flex w-80 min-w-0 shrink items-center gap-2`}>
      <Search className="size-4 shrink-0 text-ink-3" aria-hidden />
      <input
        type="search"
        aria-label={t`Search runs`}
        placeholder={t`Workflow, error or id`}
        className="min-w-0 flex-1 bg-transparent outline-none"
        value={text}
        // The box is made anew for every search that was done; whoever types goes on typing.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus={document.activeElement?.getAttribute("type") === "search"}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}

export function spanWord(span: Span): string {
  const words: Record<Span, string> = {
    hour: t`Last hour`,
    day: t`Last 24 hours`,
    week: t`Last 7 days`,
    month: t`Last 30 days`,
    ever: t`Ever`,
  };
  return words[span];
}

/** One switch for each outcome, with how many there are. */
export function OutcomeChips({ filter, onChange, counts }: Props & { counts: ReadonlyMap<string, number> }) {
  const { status: chosen, ...rest } = filter;
  const many = (status: Outcome) =>
    (counts.get(status) ?? 0) + (status === "running" ? (counts.get("pending") ?? 0) : 0);
  return (
    <div role="group" aria-label={t`Outcome`} className="flex flex-wrap gap-1.5">
      <Chip pressed={!chosen} onClick={() => onChange(rest)}>{t`All`}</Chip>
      {OUTCOMES.filter((status) => many(status) > 0 || status === chosen).map((status) => (
        <Chip
          key={status}
          pressed={status === chosen}
          onClick={() => onChange(status === chosen ? rest : { ...rest, status })}
        >
          <Lamp status={lampOf(status)} size={14} />
          {status === "waiting" ? t`Waiting` : statusWord(lampOf(status))} {count(many(status))}
        </Chip>
      ))}
    </div>
  );
}

/** The stretch of time that was chosen, to be changed or dropped. */
export function Between({ filter, onChange }: Props) {
  const { from, to, ...rest } = filter;
  if (from === undefined || to === undefined) return null;
  const field = (label: string, value: number, change: (time: number) => Filter) => (
    <input
      type="datetime-local"
      aria-label={label}
      className="h-[26px] rounded-ctl border border-ctl bg-panel px-1.5 text-xs"
      value={localTime(value)}
      onChange={({ target }) => {
        const time = Date.parse(target.value);
        if (Number.isFinite(time)) onChange(change(time));
      }}
    />
  );
  return (
    <span className="flex flex-wrap items-center gap-1.5 text-xs text-ink-3">
      {field(t`Begun from`, from, (time) => ({ ...rest, from: time, to: Math.max(to, time + 60_000) }))}
      {t`to`}
      {field(t`Begun before`, to, (time) => ({ ...rest, from: Math.min(from, time - 60_000), to: time }))}
      <Chip pressed={false} aria-label={t`Any time`} onClick={() => onChange(rest)}>
        <X className="size-3.5" aria-hidden />
      </Chip>
    </span>
  );
}

function localTime(time: number): string {
  const offset = new Date(time).getTimezoneOffset() * 60_000;
  return new Date(time - offset).toISOString().slice(0, 16);
}
