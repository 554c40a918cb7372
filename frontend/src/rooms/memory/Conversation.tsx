import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { api } from "~/api/client";
import { said } from "~/core/run/command";
import { ago } from "~/core/words";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { toast } from "~/ui/Toasts";
import { useChanged, useTurns } from "./queries";
import { placesOf } from "./words";

/** What was said with an agent, in order. */
export function Conversation({ agent }: { agent: string }) {
  const turns = useTurns(agent);
  const list = turns.data?.pages.flat() ?? [];
  if (turns.error) return <Empty title={t`The conversation is not to be had`} text={said(turns.error)} />;
  if (turns.data && list.length === 0) {
    return (
      <Empty
        title={t`Nothing was said yet`}
        text={t`Questions and answers of an agent with a memory are kept here, for the next time it is asked.`}
      />
    );
  }
  return (
    <>
      <div className="flex items-center gap-3 border-b border-line px-[18px] py-2.5">
        <p className="min-w-0 flex-1 text-xs text-ink-3">
          {turns.hasNextPage
            ? t`The first ${list.length} turns`
            : list.length === 1
              ? t`1 turn`
              : t`${list.length} turns`}
        </p>
        {list.length > 0 ? <Clear agent={agent} /> : null}
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <div className="min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2" tabIndex={0}>
        <ol aria-label={t`Conversation`} className="flex max-w-[760px] flex-col gap-5 px-[18px] py-4">
          {list.map((turn) => (
            <li key={turn.seq} className="flex flex-col gap-2">
              <p className="flex flex-wrap gap-x-3 text-xs text-ink-3">
                <span>{ago(turn.created_at)}</span>
                {placesOf(turn).map((place) => (
                  <span key={place} className="font-mono text-[11.5px]">
                    {place}
                  </span>
                ))}
                {turn.execution_id ? (
                  <Link
                    to="/runs/$runId"
                    params={{ runId: turn.execution_id }}
                    className="text-focus underline"
                  >{t`run of ${turn.node_id}`}</Link>
                ) : null}
              </p>
              <Said who={t`User`} text={turn.user_message} className="bg-panel-3" />
              <Said who={t`Agent`} text={turn.assistant_message} className="border border-line" />
            </li>
          ))}
        </ol>
        {turns.hasNextPage ? (
          <div className="flex justify-center pb-4">
            <Button disabled={turns.isFetchingNextPage} onClick={() => void turns.fetchNextPage()}>
              {t`Show more`}
            </Button>
          </div>
        ) : null}
      </div>
    </>
  );
}

function Said({ who, text, className }: { who: string; text: string; className: string }) {
  return (
    <div className={`rounded-ctl px-3 py-2 ${className}`}>
      <p className="cap">{who}</p>
      <p className="text-[14px]/[1.5] break-words whitespace-pre-wrap" dir="auto">
        {text}
      </p>
    </div>
  );
}

/** Asks once more, in place: what is deleted does not come back. */
function Clear({ agent }: { agent: string }) {
  const [sure, setSure] = useState(false);
  const changed = useChanged();
  const clear = async () => {
    try {
      await api.DELETE("/api/memory/{agent_id}/conversation", { params: { path: { agent_id: agent } } });
      toast(t`The conversation is deleted.`);
      changed();
    } catch (error) {
      toast(said(error), { tone: "error" });
    }
    setSure(false);
  };
  if (!sure) {
    return (
      <Button size="small" look="ghost" onClick={() => setSure(true)}>
        <Trash2 aria-hidden />
        {t`Delete the conversation…`}
      </Button>
    );
  }
  return (
    <div role="alert" className="flex flex-wrap items-center justify-end gap-2 text-xs">
      <span className="text-fail">{t`It cannot be undone. What is remembered stays.`}</span>
      <Button size="small" onClick={() => setSure(false)}>{t`Keep`}</Button>
      <Button size="small" look="danger" onClick={() => void clear()}>{t`Delete for good`}</Button>
    </div>
  );
}
