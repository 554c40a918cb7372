import { t } from "@lingui/core/macro";
import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { AgentMemory } from "~/api/types";
import { drop, type Shown, type View } from "~/core/memory/shown";
import { said } from "~/core/run/command";
import { memory as route } from "~/routes";
import { TopBar } from "~/shell/TopBar";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { useWide } from "~/ui/useWide";
import { AddForm } from "./AddForm";
import { Agents } from "./Agents";
import { Audit } from "./Audit";
import { Conversation } from "./Conversation";
import { Detail } from "./Detail";
import { useStatus } from "./queries";
import { Records } from "./Records";
import { TakeAway } from "./TakeAway";

const NONE: AgentMemory[] = [];

/** What agents remember: to be looked at, asked as they would, corrected and forgotten. */
export function MemoryRoom() {
  const shown = route.useSearch();
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const wide = useWide(1100);
  const status = useStatus();
  const agents = status.data?.agents ?? NONE;
  const agent = shown.agent ?? agents[0]?.agent_id;
  const change = (next: Shown) => void navigate({ to: "/memory", search: next, replace: true });
  const close = () => {
    setAdding(false);
    change(drop(shown, "open"));
  };
  const panel = adding ? (
    <AddForm
      agent={agent ?? ""}
      agents={agents}
      onClose={() => setAdding(false)}
      onAdded={(id, name) => {
        setAdding(false);
        change({ agent: name, open: id });
      }}
    />
  ) : agent && shown.open && !shown.view ? (
    <Detail
      key={shown.open}
      agent={agent}
      id={shown.open}
      onClose={close}
      onOpen={(open) => change({ ...shown, open })}
    />
  ) : null;
  return (
    <>
      <TopBar
        title={t`Memory`}
        tabs={agent ? <Tabs shown={shown} onChange={change} className="max-md:hidden" /> : null}
        actions={
          <>
            <TakeAway agent={agent} />
            <Button look="main" onClick={() => setAdding(true)} aria-label={t`Add memory`}>
              <Plus aria-hidden />
              <span className="max-sm:hidden">{t`Add memory`}</span>
            </Button>
          </>
        }
      />
      {agent ? <Tabs shown={shown} onChange={change} className="h-11! border-b border-line px-1 md:hidden" /> : null}
      <div className="relative flex min-h-0 flex-1">
        {status.error && !status.data ? (
          <div className="flex-1">
            <Empty title={t`The memory is not to be had`} text={said(status.error)}>
              <Button onClick={() => void status.refetch()}>{t`Try again`}</Button>
            </Empty>
          </div>
        ) : null}
        {status.data && !agent ? (
          <div className="flex-1">
            <Empty
              title={t`Nothing is remembered yet`}
              text={t`Agents write here when their memory is switched on, or when they use the tool “remember”. You can add something too.`}
            >
              <Button onClick={() => setAdding(true)}>{t`Add memory`}</Button>
            </Empty>
          </div>
        ) : null}
        {status.data && agent ? (
          <>
            <Agents
              agents={agents}
              agent={agent}
              onChoose={(name) => change({ ...drop(shown, "open"), agent: name })}
            />
            <div className="flex min-h-0 min-w-0 flex-1 flex-col">
              {shown.view === "conversation" ? <Conversation key={agent} agent={agent} /> : null}
              {shown.view === "audit" ? <Audit agent={agent} /> : null}
              {shown.view ? null : (
                <Records
                  key={agent}
                  agent={agent}
                  agents={agents}
                  shown={shown}
                  status={status.data}
                  onChange={change}
                />
              )}
            </div>
          </>
        ) : null}
        {panel ? (
          <aside
            aria-label={adding ? t`Add memory` : t`Memory`}
            className={`z-10 flex min-h-0 w-[376px] shrink-0 flex-col border-s border-line bg-panel ${wide ? "" : "absolute inset-y-0 end-0 max-w-full shadow-node max-md:w-full max-md:border-0"}`}
          >
            {panel}
          </aside>
        ) : null}
      </div>
    </>
  );
}

function Tabs({ shown, onChange, className }: { shown: Shown; onChange: (next: Shown) => void; className: string }) {
  const rest = drop(shown, "view");
  const entry = (view: View | undefined, label: string) => (
    <button
      type="button"
      aria-current={shown.view === view ? "page" : undefined}
      className="relative h-full px-3 font-[550] text-ink-3 after:absolute after:inset-x-2.5 after:-bottom-px after:h-[3px] hover:text-ink focus-visible:-outline-offset-2 aria-[current]:text-ink aria-[current]:after:bg-ink"
      onClick={() => onChange(view ? { ...rest, view } : rest)}
    >
      {label}
    </button>
  );
  return (
    <nav aria-label={t`Views of the memory`} className={`flex h-12 ${className}`}>
      {entry(undefined, t`Memories`)}
      {entry("conversation", t`Conversation`)}
      {entry("audit", t`Audit`)}
    </nav>
  );
}
