import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { api, server } from "~/api/client";
import { answerIn, inputsFor, messageIn, talkable, type Turn } from "~/core/chat/inputs";
import { nextNumber, runIdOf } from "~/core/chat/thread";
import { readDocument } from "~/core/document/document";
import { command, execute, said } from "~/core/run/command";
import { Empty } from "~/ui/Empty";
import { toast } from "~/ui/Toasts";
import { Composer } from "./Composer";
import { Exchange } from "./Exchange";

interface Props {
  threadId: string;
  workflowId: string;
  /** The runs of the thread that the server knows. */
  known: string[];
  onChange: () => void;
}

/** The messages of a thread; what is sent while one is answered waits its turn. */
export function Conversation({ threadId, workflowId, known, onChange }: Props) {
  const workflow = server.useQuery("get", "/api/workflows/{workflow_id}", {
    params: { path: { workflow_id: workflowId } },
  });
  const to = useMemo(() => (workflow.data ? talkable(readDocument(workflow.data)) : null), [workflow.data]);
  const [begun, setBegun] = useState<string[]>([]);
  const [queue, setQueue] = useState<string[]>([]);
  const [ended, setEnded] = useState<ReadonlySet<string>>(new Set());
  const sending = useRef(false);
  const runs = useMemo(() => [...new Set([...known, ...begun])], [known, begun]);
  const last = runs.at(-1);
  const busy = last !== undefined && !ended.has(last);
  const name = workflow.data?.name || workflowId;

  const send = async (message: string) => {
    if (!to || sending.current) return;
    sending.current = true;
    try {
      const before = to.history ? await turnsOf(runs, to.input) : [];
      const execution_id = runIdOf(threadId, nextNumber(runs));
      const id = await execute(workflowId, inputsFor(to, message, threadId, before), { execution_id });
      setBegun((list) => [...list, id]);
      onChange();
    } catch (error) {
      toast(said(error), { tone: "error" });
    } finally {
      sending.current = false;
    }
  };

  useEffect(() => {
    const [next, ...rest] = queue;
    if (busy || next === undefined || !to || sending.current) return;
    setQueue(rest);
    void send(next);
    // What is sent is the head of the queue, once nothing is answered any more.
    // eslint-disable-next-line react/exhaustive-deps
  }, [busy, queue, to]);

  const stop = async () => {
    setQueue([]);
    try {
      if (last) await command(last, { type: "cancel" });
    } catch (error) {
      toast(said(error), { tone: "error" });
    }
  };
  if (workflow.error) {
    return (
      <>
        <Messages runs={runs} name={name} input={undefined} onEnd={() => {}} queue={[]} />
        <p role="alert" className="border-t border-line p-4 text-center text-ink-3">
          {t`The workflow of this chat is gone, so it cannot go on.`}
        </p>
      </>
    );
  }
  return (
    <>
      {runs.length === 0 && queue.length === 0 ? (
        <div className="grid min-h-0 flex-1 place-items-center">
          <Empty
            title={name}
            text={workflow.data?.description ?? t`Say something; each message is a run of this workflow.`}
          >
            <Link to="/w/$workflowId" params={{ workflowId }} className="font-semibold text-focus underline">
              {t`Open the workflow`}
            </Link>
          </Empty>
        </div>
      ) : (
        <Messages
          runs={runs}
          name={name}
          input={to?.input}
          queue={queue}
          onEnd={(id) => {
            if (ended.has(id)) return;
            setEnded((old) => new Set([...old, id]));
            onChange();
          }}
        />
      )}
      {to && to.missing.length > 0 ? (
        <p role="alert" className="border-t border-line p-4 text-center text-ink-3">
          {t`This workflow also needs ${to.missing.join(", ")}, which a chat cannot give. Run it instead, or give these a default.`}
        </p>
      ) : (
        <Composer
          busy={busy}
          ready={to !== null}
          onSend={(text) => setQueue((list) => [...list, text])}
          onStop={() => void stop()}
        />
      )}
    </>
  );
}

interface MessagesProps {
  runs: string[];
  name: string;
  input: string | undefined;
  queue: string[];
  onEnd: (runId: string) => void;
}

const NEAR = 120; // pixels from the end, within which new text is followed

function Messages({ runs, name, input, queue, onEnd }: MessagesProps) {
  const box = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    const [outer, content] = [box.current, inner.current];
    if (!outer || !content) return undefined;
    const observer = new ResizeObserver(() => {
      if (follows.current) outer.scrollTop = outer.scrollHeight;
    });
    observer.observe(content);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={box}
      role="log"
      aria-label={t`Messages`}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
      }}
    >
      <div ref={inner} className="mx-auto flex max-w-[680px] flex-col gap-7 px-5 py-6">
        {runs.map((id) => (
          <Exchange key={id} runId={id} name={name} input={input} onEnd={onEnd} />
        ))}
        {queue.map((text, index) => (
          // eslint-disable-next-line react/no-array-index-key -- the same may be said twice
          <p key={index} className="rounded-panel border border-dashed border-line-2 px-3 py-2 text-ink-3" dir="auto">
            <span className="me-2 text-xs font-semibold">{t`Queued`}</span>
            {text}
          </p>
        ))}
      </div>
    </div>
  );
}

/** What was said so far, for workflows that want to know. */
async function turnsOf(runs: readonly string[], input: string): Promise<Turn[]> {
  const states = await Promise.all(
    runs.map((id) =>
      api.GET("/api/executions/{execution_id}", { params: { path: { execution_id: id }, query: { full: true } } }),
    ),
  );
  return states.flatMap(({ data }): Turn[] => {
    const answer = answerIn(data?.result);
    const turns: Turn[] = [{ role: "user", content: messageIn(data?.inputs, input) }];
    return answer === null ? turns : [...turns, { role: "assistant", content: answer }];
  });
}
