import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { ChevronLeft, SquareArrowOutUpRight, UserRound } from "lucide-react";
import type { InboxEntry } from "~/api/types";
import { nodeWords } from "~/core/inbox/shown";
import { ago } from "~/core/words";
import { useNames } from "~/rooms/runs/inspector/useRun";
import { IconButton } from "~/ui/Button";
import { Tile } from "~/ui/Tile";
import { useNow } from "~/ui/useNow";
import { useWide } from "~/ui/useWide";
import { Approval } from "./Approval";
import { HowItGotHere } from "./HowItGotHere";
import { Interrupted } from "./Interrupted";
import { Question } from "./Question";
import { tileOf, TimeLeft, titleOf } from "./WaitingList";

interface Props {
  entry: InboxEntry;
  onBack: () => void;
  /** `words`: what was said. */
  onAnswered: (words: string, runId: string) => void;
}

const CALM_MS = 10_000;

/** One question, what it is about, and the ways to answer it. */
export function Asked({ entry, onBack, onAnswered }: Props) {
  const wide = useWide(768);
  const names = useNames(entry.execution_id);
  const title = entry.kind === "human" ? names.nameOf(entry.node_id) : titleOf(entry);
  const shown = title === entry.node_id ? nodeWords(title) : title;
  const run = (
    <Link
      to="/runs/$runId"
      params={{ runId: entry.execution_id }}
      aria-label={t`See the run`}
      className="inline-flex size-8 items-center justify-center rounded-ctl text-ink-2 hover:bg-panel-3 max-md:size-11 [&_svg]:size-4"
    >
      <SquareArrowOutUpRight aria-hidden />
    </Link>
  );
  const Form = { human: Question, other: Question, approval: Approval, interrupted: Interrupted }[entry.kind];
  return (
    <>
      {wide ? null : (
        <header className="flex h-12 shrink-0 items-center gap-1.5 border-b border-line px-2">
          <IconButton label={t`Back to the inbox`} className="size-11!" onClick={onBack}>
            <ChevronLeft />
          </IconButton>
          <h1 className="min-w-0 flex-1 truncate text-[15px] font-[650]" dir="auto">
            {shown}
          </h1>
          {run}
        </header>
      )}
      <Form
        entry={entry}
        onAnswered={onAnswered}
        head={
          <header className="flex flex-col gap-1">
            {wide ? (
              <div className="flex items-center gap-2.5">
                <Tile type={tileOf(entry)} />
                <h2 className="min-w-0 flex-1 truncate text-[16px] font-[650]" dir="auto">
                  {shown}
                </h2>
                {run}
              </div>
            ) : null}
            <Facts entry={entry} />
          </header>
        }
        foot={<HowItGotHere entry={entry} names={names} />}
      />
    </>
  );
}

function Facts({ entry }: { entry: InboxEntry }) {
  const now = useNow(CALM_MS);
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-3">
      <span>{entry.workflow_name || t`Untitled`}</span>
      {entry.since ? <span>{t`asked ${ago(entry.since, now)}`}</span> : null}
      <span className="flex items-center gap-1">
        <UserRound className="size-3.5" aria-hidden />
        {entry.assignee ? t`for ${entry.assignee}` : t`for anybody`}
      </span>
      <TimeLeft deadline={entry.deadline} now={now} />
    </p>
  );
}
