import { t } from "@lingui/core/macro";
import { Search, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import type { AgentMemory, MemoryEntry, MemoryStatus, RecalledEntry } from "~/api/types";
import { drop, KINDS, type Shown, USUAL_N } from "~/core/memory/shown";
import { said } from "~/core/run/command";
import { ago, count } from "~/core/words";
import { Button } from "~/ui/Button";
import { Chip } from "~/ui/Chip";
import { Empty } from "~/ui/Empty";
import { AgentSelect } from "./Agents";
import { AsSeenBy } from "./AsSeenBy";
import { useBrowsed, useRecalled } from "./queries";
import { kindsWord, kindWord, placesOf } from "./words";

interface Props {
  agent: string;
  agents: AgentMemory[];
  shown: Shown;
  status: MemoryStatus;
  onChange: (next: Shown) => void;
}

const TYPING_MS = 300;

/** What an agent remembers; with a question, exactly what it would get. */
export function Records({ agent, agents, shown, status, onChange }: Props) {
  const byMeaning = shown.by !== "words";
  const asking = Boolean(shown.q) && byMeaning;
  const recalled = useRecalled(agent, shown, asking);
  const browsed = useBrowsed(agent, byMeaning ? drop(shown, "q") : shown, !asking);
  const listed = browsed.data?.pages.flat() ?? [];
  const found = asking ? (recalled.data ?? []) : listed;
  const query = asking ? recalled : browsed;
  const known = agents.find((one) => one.agent_id === agent);
  const open = (id: string) => onChange({ ...shown, agent, open: id });
  return (
    <>
      <div className="flex flex-col gap-2.5 border-b border-line px-[18px] pt-3.5 pb-2.5">
        <AgentSelect
          agents={agents}
          agent={agent}
          onChoose={(name) => onChange({ ...drop(shown, "open"), agent: name })}
        />
        <SearchBox key={agent} shown={shown} onChange={(next) => onChange({ ...drop(next, "open"), agent })} />
        {status.warning ? (
          <p role="note" className="flex items-start gap-2 rounded-ctl bg-wait-bg px-2.5 py-2 text-[13px] text-wait">
            <TriangleAlert className="mt-px size-4 shrink-0" aria-hidden />
            {status.warning}
          </p>
        ) : null}
        {asking ? (
          <AsSeenBy shown={shown} onChange={(next) => onChange({ ...drop(next, "open"), agent })} />
        ) : (
          <div role="group" aria-label={t`Kind`} className="flex flex-wrap gap-1.5 max-md:[&_button]:h-9">
            <Chip pressed={!shown.kind} onClick={() => onChange(drop(shown, "kind", "open"))}>
              {t`All`}
            </Chip>
            {KINDS.map((kind) => (
              <Chip
                key={kind}
                pressed={shown.kind === kind}
                onClick={() =>
                  onChange(shown.kind === kind ? drop(shown, "kind", "open") : { ...drop(shown, "open"), kind })
                }
              >
                {kindsWord(kind)}
              </Chip>
            ))}
          </div>
        )}
        <p className="flex flex-wrap gap-x-4 text-xs text-ink-3" aria-live="polite">
          {asking && recalled.data ? (
            <span>{t`${found.length} of ${count(known?.memories ?? 0)}, by ${status.embedder}`}</span>
          ) : null}
          {asking ? null : <span>{t`${count(known?.memories ?? 0)} remembered, found by ${status.embedder}`}</span>}
          {asking ? (
            <span className="md:ms-auto">{t`This is exactly what the agent would get, at most ${shown.n ?? USUAL_N}.`}</span>
          ) : null}
        </p>
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <div className="min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2" tabIndex={0}>
        {query.error ? (
          <Empty title={t`This could not be asked`} text={said(query.error)}>
            <Button onClick={() => void query.refetch()}>{t`Try again`}</Button>
          </Empty>
        ) : null}
        {!query.error && query.data && found.length === 0 ? (
          <NothingFound asking={asking} shown={shown} onChange={onChange} />
        ) : null}
        <ul aria-label={asking ? t`What the agent would get` : t`Memories`}>
          {found.map((one) => (
            <Row key={one.id} one={one} chosen={one.id === shown.open} onOpen={() => open(one.id)} />
          ))}
        </ul>
        {!asking && browsed.hasNextPage ? (
          <div className="flex justify-center p-4">
            <Button disabled={browsed.isFetchingNextPage} onClick={() => void browsed.fetchNextPage()}>
              {t`Show more`}
            </Button>
          </div>
        ) : null}
      </div>
    </>
  );
}

function NothingFound({ asking, shown, onChange }: { asking: boolean; shown: Shown } & Pick<Props, "onChange">) {
  if (asking) {
    return (
      <Empty
        title={t`The agent would get nothing`}
        text={t`Nothing that it remembers is near enough to this question, or may be seen from where it asks.`}
      >
        <Button onClick={() => onChange({ ...drop(shown, "open"), by: "words" })}>{t`Search for the words`}</Button>
      </Empty>
    );
  }
  const filtered = shown.kind !== undefined || shown.q !== undefined;
  return (
    <Empty
      title={filtered ? t`No memory is like that` : t`This agent remembers nothing`}
      text={filtered ? t`Drop the condition to see the others.` : t`What it writes, or you add, will be here.`}
    >
      {filtered ? (
        <Button onClick={() => onChange(drop(shown, "kind", "q", "by", "open"))}>{t`Show all`}</Button>
      ) : null}
    </Empty>
  );
}

function SearchBox({ shown, onChange }: Pick<Props, "shown" | "onChange">) {
  const [text, setText] = useState(shown.q ?? "");
  useEffect(() => {
    if (text.trim() === (shown.q ?? "")) return undefined;
    const timer = setTimeout(() => {
      const rest = drop(shown, "q");
      onChange(text.trim() ? { ...rest, q: text.trim() } : rest);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, shown, onChange]);
  const byMeaning = shown.by !== "words";
  return (
    <div className="flex gap-2.5 rounded-ctl border-ctl max-md:flex-col md:h-10 md:items-center md:border md:pe-1.5">
      <label className="flex min-w-0 flex-1 items-center gap-2.5 ps-3 max-md:h-11 max-md:flex-none max-md:rounded-ctl max-md:border max-md:border-ctl">
        <Search className="size-[18px] shrink-0 text-ink-3" aria-hidden />
        <input
          type="search"
          aria-label={t`Search the memory`}
          placeholder={byMeaning ? t`Ask as the agent would` : t`Words that it must hold`}
          className="h-full min-w-0 flex-1 bg-transparent text-[15px] outline-none"
          dir="auto"
          maxLength={1_000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <div role="group" aria-label={t`Search by`} className="flex gap-1 max-md:[&_button]:h-9">
        <Chip pressed={byMeaning} onClick={() => onChange(drop(shown, "by"))}>{t`by meaning`}</Chip>
        <Chip pressed={!byMeaning} onClick={() => onChange({ ...shown, by: "words" })}>{t`by words`}</Chip>
      </div>
    </div>
  );
}

interface RowProps {
  one: MemoryEntry | RecalledEntry;
  chosen: boolean;
  onOpen: () => void;
}

const scores = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

function Row({ one, chosen, onOpen }: RowProps) {
  const recalled = "score" in one ? one : null;
  const notes: ReactNode[] = recalled
    ? [<span key="why">{recalled.why}</span>]
    : placesOf(one as MemoryEntry).map((place) => (
        <span key={place} className="truncate font-mono text-[11.5px]">
          {place}
        </span>
      ));
  return (
    <li className="border-b border-line">
      <button
        type="button"
        aria-current={chosen || undefined}
        className="flex w-full gap-4 border-s-[3px] border-transparent py-3 ps-[15px] pe-[18px] text-start hover:bg-panel-2 focus-visible:-outline-offset-2 aria-[current]:border-ink aria-[current]:bg-panel-3"
        onClick={onOpen}
      >
        {recalled ? (
          <span className="flex w-9 shrink-0 flex-col gap-1.5 pt-0.5">
            <span className="font-mono text-[13px] font-semibold">
              <span className="sr-only">{t`Score`} </span>
              {scores.format(recalled.score)}
            </span>
            <span className="h-[3px] bg-line" aria-hidden>
              <span
                className="block h-full bg-k-agent"
                style={{ width: `${Math.min(1, Math.max(0, recalled.score)) * 100}%` }}
              />
            </span>
          </span>
        ) : null}
        <span className="flex min-w-0 flex-1 flex-col gap-1.5">
          <span
            className={`line-clamp-3 text-[14px]/[1.45] break-words whitespace-pre-line ${chosen ? "font-[650]" : ""}`}
            dir="auto"
          >
            {one.content}
          </span>
          <span className="flex items-center gap-2.5 text-xs text-ink-3">
            <span
              className={`shrink-0 rounded-chip px-2 py-0.5 font-[550] text-ink-2 ${chosen ? "bg-panel" : "bg-panel-3"}`}
            >
              {kindWord(one.kind)}
            </span>
            {notes}
            <span className="flex-1" />
            <span className="shrink-0">{ago(one.created_at)}</span>
          </span>
        </span>
      </button>
    </li>
  );
}
