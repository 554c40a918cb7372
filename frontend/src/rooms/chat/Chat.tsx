import { t } from "@lingui/core/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import { MessageSquarePlus } from "lucide-react";
import { useMemo, useState } from "react";
import { server } from "~/api/client";
import { newThreadId, type Thread, THREAD_MARK, threadsOf } from "~/core/chat/thread";
import { lampOf } from "~/core/run/lamps";
import { chat } from "~/routes";
import { TopBar } from "~/shell/TopBar";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { Lamp, statusWord } from "~/ui/Lamp";
import { Conversation } from "./Conversation";
import type { Talk } from "./readTalk";

const BUSY_MS = 5_000;
const MOST = 500; // runs that are looked through for threads

/** Talk with a workflow: each message is a run of it. */
export function Chat() {
  const shown = chat.useSearch();
  const navigate = useNavigate();
  const go = (next: Talk) => void navigate({ to: "/chat", search: next });
  const runs = server.useQuery(
    "get",
    "/api/executions",
    { params: { query: { q: THREAD_MARK, limit: MOST, digest: true } } },
    { refetchInterval: BUSY_MS },
  );
  const threads = useMemo(() => threadsOf(runs.data ?? []), [runs.data]);
  const thread = threads.find((one) => one.id === shown.thread);
  const workflowId = thread?.workflowId ?? shown.workflow;
  const [fresh] = useState(newThreadId);
  const threadId = shown.thread ?? fresh;
  return (
    <>
      <TopBar
        title={t`Chat`}
        heading={<h1 className="truncate text-sm font-[650]">{thread?.workflowName || t`Chat`}</h1>}
        actions={
          <>
            {thread || workflowId ? (
              <Button look="ghost" className="md:hidden" onClick={() => go({})}>{t`All chats`}</Button>
            ) : null}
            <Button
              look="ghost"
              onClick={() => go({ thread: newThreadId(), ...(workflowId && { workflow: workflowId }) })}
            >
              <MessageSquarePlus aria-hidden />
              {t`New chat`}
            </Button>
          </>
        }
      />
      <div className="flex min-h-0 flex-1 max-md:flex-col">
        <Threads threads={threads} shown={shown.thread} alone={!workflowId} />
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          {workflowId && runs.data ? (
            <Conversation
              key={`${threadId} ${workflowId}`}
              threadId={threadId}
              workflowId={workflowId}
              known={thread?.runs ?? []}
              onChange={() => {
                void runs.refetch();
                if (!shown.thread) go({ thread: threadId, workflow: workflowId });
              }}
            />
          ) : null}
          {!workflowId && runs.data ? <Choose threadId={threadId} /> : null}
        </div>
      </div>
    </>
  );
}

function Threads({ threads, shown, alone }: { threads: Thread[]; shown: string | undefined; alone: boolean }) {
  const [query, setQuery] = useState("");
  const wanted = query.toLowerCase();
  const found = threads.filter((one) => `${one.title} ${one.workflowName}`.toLowerCase().includes(wanted));
  return (
    <nav
      aria-label={t`Chats`}
      className={`flex w-[236px] shrink-0 flex-col gap-1 overflow-auto border-e border-line p-2.5 max-md:max-h-52 max-md:w-auto max-md:border-e-0 max-md:border-b ${alone ? "" : "max-md:hidden"}`}
    >
      <input
        type="search"
        aria-label={t`Search chats`}
        placeholder={t`Search chats`}
        className="mb-2 h-8 rounded-ctl border border-ctl bg-panel px-2.5"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      {threads.length === 0 ? (
        <p className="px-2 py-3 text-xs text-ink-3">{t`What you talk about will be kept here.`}</p>
      ) : null}
      {found.map((one) => (
        <Link
          key={one.id}
          to="/chat"
          search={{ thread: one.id }}
          aria-current={one.id === shown ? "page" : undefined}
          className="flex min-h-9 items-center gap-2 rounded-ctl px-2 py-1.5 hover:bg-panel-2 aria-[current]:bg-panel-3 aria-[current]:font-[650]"
        >
          <span className="min-w-0 flex-1 truncate" dir="auto">
            {one.title}
          </span>
          {one.status === "completed" ? null : (
            <>
              <Lamp status={lampOf(one.status as never)} size={14} />
              <span className="sr-only">{statusWord(lampOf(one.status as never))}</span>
            </>
          )}
        </Link>
      ))}
    </nav>
  );
}

/** Which workflow to talk with. */
function Choose({ threadId }: { threadId: string }) {
  const workflows = server.useQuery("get", "/api/workflows", { params: { query: { limit: 200 } } });
  if (workflows.data?.length === 0) {
    return (
      <Empty
        title={t`Nobody to talk with yet`}
        text={t`A chat is with a workflow. The template “Assistant that remembers” is made for it.`}
      >
        <Link
          to="/templates"
          search={{ show: "assistant-that-remembers" }}
          className="font-semibold text-focus underline"
        >
          {t`See the template`}
        </Link>
      </Empty>
    );
  }
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <div className="mx-auto flex max-w-2xl flex-col gap-4 px-6 py-10">
        <h2 className="text-xl font-bold">{t`Whom do you want to talk with?`}</h2>
        <ul className="flex flex-col gap-2">
          {workflows.data?.map((workflow) => (
            <li key={workflow.id}>
              <Link
                to="/chat"
                search={{ thread: threadId, workflow: workflow.id }}
                className="flex flex-col rounded-panel border border-line-2 bg-panel px-4 py-2.5 hover:border-ink"
              >
                <span className="font-[650]" dir="auto">
                  {workflow.name || workflow.id}
                </span>
                {workflow.description ? <span className="text-xs text-ink-3">{workflow.description}</span> : null}
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
