import { t } from "@lingui/core/macro";
import { useState } from "react";
import { ApiError } from "~/api/client";
import { isObject, nodeOf, titleOf } from "~/core/document/document";
import { Button } from "~/ui/Button";
import { CONTROL } from "~/ui/Field";
import { Lamp } from "~/ui/Lamp";
import { toast } from "~/ui/Toasts";
import { useDocument, useRunHead, useSession } from "../session/hooks";

/** What the run waits for a person to say. */
export function Question() {
  const head = useRunHead();
  const [open] = (head?.waiting ?? []).filter((one) => isObject(one.request) && "question" in one.request);
  if (!open) return null;
  return <Card key={JSON.stringify([open.node_id, open.path])} waiting={open} />;
}

function Card({ waiting }: { waiting: Record<string, unknown> }) {
  const { run } = useSession();
  // The key of a node in a sub-workflow begins with the nodes around it; its document and commands call it by its id.
  const nodeId = String(waiting.node_id ?? "").replace(/^.*\//, "");
  const node = useDocument((document) => nodeOf(document, nodeId));
  const [text, setText] = useState("");
  const scope = Array.isArray(waiting.path) ? waiting.path.join("/") : "";
  const request = isObject(waiting.request) ? waiting.request : {};
  const choices = Array.isArray(request.choices) ? request.choices.map(String) : [];
  const answer = async (value: unknown) => {
    try {
      await run.command({ type: "answer", node: nodeId, scope, value } as never);
    } catch (error) {
      toast(error instanceof ApiError ? `${error.message} ${error.hint}` : String(error), { tone: "error" });
    }
  };
  return (
    <section
      aria-label={t`Waiting for you`}
      className="absolute start-3.5 bottom-3.5 z-10 flex w-80 max-w-[calc(100%-28px)] flex-col gap-2.5 rounded-panel border border-wait bg-panel p-3.5 shadow-node"
    >
      <h2 className="flex items-center gap-2 font-bold">
        <Lamp status="waiting" />
        {node ? titleOf(node) : t`Waiting for you`}
      </h2>
      <p className="max-h-48 overflow-auto whitespace-pre-wrap" dir="auto">
        {String(request.question ?? "")}
      </p>
      <label className="flex flex-col gap-1 text-xs font-semibold">
        {choices.length > 0 ? t`Comment` : t`Answer`}
        <textarea
          rows={2}
          dir="auto"
          className={`py-1.5 font-normal ${CONTROL}`}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <div className="flex flex-wrap gap-2">
        {choices.map((choice) => (
          <Button key={choice} onClick={() => void answer({ choice, ...(text && { comment: text }) })}>
            {choice}
          </Button>
        ))}
        {choices.length === 0 ? (
          <Button look="main" onClick={() => void answer(text)}>
            {t`Answer`}
          </Button>
        ) : null}
      </div>
    </section>
  );
}
