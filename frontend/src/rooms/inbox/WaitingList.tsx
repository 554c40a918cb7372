import { t } from "@lingui/core/macro";
import { UserRound } from "lucide-react";
import type { InboxEntry } from "~/api/types";
import { keyOf, nodeWords } from "~/core/inbox/shown";
import { ago, duration } from "~/core/words";
import { Tile } from "~/ui/Tile";
import { useNow } from "~/ui/useNow";

const CALM_MS = 20_000;

interface Props {
  list: InboxEntry[];
  openKey: string | undefined;
  onOpen: (key: string) => void;
}

export function WaitingList({ list, openKey, onOpen }: Props) {
  const now = useNow(CALM_MS);
  return (
    <section aria-label={t`Waiting for you`}>
      <h2 className="cap px-[18px] pt-3 pb-2">{t`Waiting for you, ${list.length}`}</h2>
      <ul className="border-t border-line">
        {list.map((entry) => {
          const key = keyOf(entry);
          return (
            <li key={key} className="border-b border-line">
              <button
                type="button"
                aria-current={key === openKey || undefined}
                className="flex w-full flex-col gap-1 border-s-[3px] border-transparent py-3 ps-[15px] pe-[18px] text-start hover:bg-panel-2 focus-visible:-outline-offset-2 aria-current:border-ink aria-current:bg-panel-3"
                onClick={() => onOpen(key)}
              >
                <span className="flex items-center gap-2">
                  <Tile type={tileOf(entry)} size="small" />
                  <span className="min-w-0 flex-1 truncate text-[15px] font-[650]" dir="auto">
                    {titleOf(entry)}
                  </span>
                  <TimeLeft deadline={entry.deadline} now={now} />
                </span>
                <span className="line-clamp-2 text-[14px]/[1.4] break-words" dir="auto">
                  {summaryOf(entry)}
                </span>
                <span className="flex items-center gap-1.5 text-xs text-ink-3">
                  <span className="truncate">{entry.workflow_name || t`Untitled`}</span>
                  {entry.assignee ? (
                    <span className="flex min-w-0 items-center gap-1">
                      <span aria-hidden>·</span>
                      <UserRound className="size-3 shrink-0" aria-hidden />
                      <span className="sr-only">{t`asked:`}</span>
                      <span className="truncate">{entry.assignee}</span>
                    </span>
                  ) : null}
                  <span className="flex-1" />
                  {entry.since ? <span className="shrink-0">{ago(entry.since, now)}</span> : null}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** What is asked, in two words. */
export function titleOf(entry: InboxEntry): string {
  const { tool } = entry.request as { tool?: unknown };
  if (entry.kind === "approval") return t`Approve ${String(tool ?? "")}`;
  if (entry.kind === "interrupted") return t`${nodeWords(entry.node_id)} was cut off`;
  return nodeWords(entry.node_id);
}

function summaryOf(entry: InboxEntry): string {
  const {
    question,
    arguments: given,
    agent,
  } = entry.request as { question?: unknown; arguments?: unknown; agent?: unknown };
  if (entry.kind !== "approval") return String(question ?? t`An answer is needed to go on.`);
  const values = typeof given === "object" && given !== null ? Object.values(given) : [];
  const told = values.map((value) => (typeof value === "string" ? value : JSON.stringify(value))).join(", ");
  return t`${String(agent ?? "")}: ${told}`;
}

export function tileOf({ kind }: InboxEntry): string {
  return kind === "approval" ? "tool" : "human";
}

/** `3 h 48 min left`; without a deadline nothing hurries. */
export function TimeLeft({ deadline, now }: { deadline: string | null; now: number }) {
  if (!deadline) return <span className="shrink-0 text-xs text-ink-3">{t`no limit`}</span>;
  const left = Date.parse(deadline) - now;
  const words = left <= 0 ? t`time is up` : t`${rounded(left)} left`;
  return (
    <time dateTime={deadline} className="shrink-0 text-xs font-[650] text-wait">
      {words}
    </time>
  );
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

function rounded(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  if (days >= 2) return t`${days} days`;
  return ms < MINUTE_MS
    ? t`less than a minute`
    : duration(Math.floor(ms / MINUTE_MS) * MINUTE_MS).replace(/ 0 (s|min)$/, "");
}
