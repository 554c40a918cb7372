import { t } from "@lingui/core/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { InboxEntry } from "~/api/types";
import { keyOf, type Shown } from "~/core/inbox/shown";
import { said } from "~/core/run/command";
import { inbox as route } from "~/routes";
import { TopBar } from "~/shell/TopBar";
import { useWaiting } from "~/shell/useWaiting";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { toast } from "~/ui/Toasts";
import { useWide } from "~/ui/useWide";
import { Asked } from "./Asked";
import { Failed } from "./Failed";
import { Gone } from "./Gone";
import { WaitingList } from "./WaitingList";

const ASKED = ["get", "/api/inbox"];

/** What waits for a person: on the left all of it, on the right one question and its answer. */
export function Inbox() {
  const shown = route.useSearch();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const wide = useWide(768);
  const waiting = useWaiting();
  const all = waiting.data ?? [];
  const list = all.filter((entry) => !shown.for || entry.assignee === shown.for);
  const [first] = list;
  // What is looked at stays, also when something newer comes in before it: somebody may be typing.
  const [kept, setKept] = useState<string>();
  if (wide && kept === undefined && first) setKept(keyOf(first));
  const openKey = shown.open ?? (wide ? kept : undefined);
  const entry = useRemembered(all, openKey);
  const there = all.some((one) => keyOf(one) === openKey);
  const change = (next: Shown, replace = true) => {
    setKept(next.open);
    void navigate({ to: "/inbox", search: next, replace });
  };
  const { open: _, ...closed } = shown;
  const answered = async (words: string, runId: string) => {
    toast(words, {
      action: { label: t`See the run`, run: () => void navigate({ to: "/runs/$runId", params: { runId } }) },
    });
    const [next] = list.filter((one) => keyOf(one) !== openKey);
    await queries.cancelQueries({ queryKey: ASKED }); // what is on its way may still have it
    queries.setQueriesData<InboxEntry[]>({ queryKey: ASKED }, (old) => old?.filter((one) => keyOf(one) !== openKey));
    change(wide && next ? { ...closed, open: keyOf(next) } : closed);
    await queries.invalidateQueries({ queryKey: ASKED });
  };
  const detail = !openKey ? null : entry && there ? (
    <Asked
      key={openKey}
      entry={entry}
      onBack={() => change(closed)}
      onAnswered={(words, runId) => void answered(words, runId)}
    />
  ) : waiting.data ? (
    <Gone key={openKey} entry={entry} onBack={() => change(closed)} />
  ) : null;
  const nothing = waiting.data !== undefined && list.length === 0;
  return (
    <>
      {wide || !detail ? (
        <TopBar title={t`Inbox`} actions={<ForWhom all={all} shown={shown} onChange={change} />} />
      ) : null}
      <div className="flex min-h-0 flex-1">
        {wide || !detail ? (
          <div
            className="min-h-0 w-[380px] shrink-0 overflow-auto border-e border-line focus-visible:-outline-offset-2 max-lg:w-[300px] max-md:w-full max-md:border-0"
            // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
            tabIndex={0}
          >
            {waiting.error && !waiting.data ? (
              <Empty title={t`The inbox is not to be had`} text={said(waiting.error)}>
                <Button onClick={() => void waiting.refetch()}>{t`Try again`}</Button>
              </Empty>
            ) : null}
            {list.length > 0 ? (
              <WaitingList list={list} openKey={openKey} onOpen={(key) => change({ ...closed, open: key }, wide)} />
            ) : null}
            {nothing && !wide ? <Nothing shown={shown} onAll={() => change({})} /> : null}
            <Failed />
          </div>
        ) : null}
        {detail ? <div className="flex min-h-0 min-w-0 flex-1 flex-col">{detail}</div> : null}
        {wide && !detail && nothing ? (
          <div className="flex-1">
            <Nothing shown={shown} onAll={() => change({})} />
          </div>
        ) : null}
      </div>
    </>
  );
}

function Nothing({ shown, onAll }: { shown: Shown; onAll: () => void }) {
  if (shown.for) {
    return (
      <Empty title={t`Nothing waits for ${shown.for}`} text={t`Others may be asked something.`}>
        <Button onClick={onAll}>{t`Show all`}</Button>
      </Empty>
    );
  }
  return (
    <Empty
      title={t`Nothing waits for you`}
      text={t`When a run needs an answer, or somebody to agree to what a tool would do, it will be here.`}
    />
  );
}

function ForWhom({ all, shown, onChange }: { all: InboxEntry[]; shown: Shown; onChange: (next: Shown) => void }) {
  const asked = all.flatMap(({ assignee }) => (assignee ? [assignee] : []));
  const names = [...new Set([...asked, ...(shown.for ? [shown.for] : [])])].sort();
  if (names.length === 0) return null;
  return (
    <select
      aria-label={t`Who is asked`}
      className="h-8 max-w-52 min-w-0 rounded-ctl border border-ctl bg-panel px-2.5 text-[13px] max-md:h-10"
      value={shown.for ?? ""}
      onChange={({ target }) => onChange(target.value ? { for: target.value } : {})}
    >
      <option value="">{t`Anybody`}</option>
      {names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** The entry of a key, also when it has left the list since it was seen. */
function useRemembered(all: InboxEntry[], key: string | undefined): InboxEntry | undefined {
  const [last, setLast] = useState<InboxEntry>();
  const now = all.find((one) => keyOf(one) === key);
  if (now && now !== last) setLast(now);
  return now ?? (last && keyOf(last) === key ? last : undefined);
}
