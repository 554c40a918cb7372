import { t } from "@lingui/core/macro";
import { useState } from "react";
import { isObject } from "~/core/document/document";
import { command, said } from "~/core/run/command";
import { Button } from "~/ui/Button";
import { CONTROL } from "~/ui/Field";
import { Lamp } from "~/ui/Lamp";
import { toast } from "~/ui/Toasts";
import { ValueView } from "~/ui/ValueView";
import type { Names } from "./useRun";

type Action = "again" | "done" | "fail";

interface InterruptedProps {
  name: string;
  question: string;
  onAnswer: (value: unknown, action: Action) => Promise<void>;
}

interface Props {
  runId: string;
  waiting: Record<string, unknown>;
  names: Pick<Names, "nameOf">;
}

/** What the run waits for a person to say; a timer is only told. */
export function Answer({ runId, waiting, names }: Props) {
  const [text, setText] = useState("");
  const request = isObject(waiting.request) ? waiting.request : {};
  const { question, choices: offered, until, schema, arguments: asked, ...more } = request;
  const [changed, setChanged] = useState(() => (isObject(asked) ? JSON.stringify(asked, null, 2) : null));
  const choices = Array.isArray(offered) ? offered.map(String) : [];
  const note = noteOf(schema);
  const wantsText = choices.length === 0 || note !== null;
  const name = names.nameOf(String(waiting.node_id ?? ""));
  const answer = async (value: unknown, action?: Action) => {
    try {
      const scope = Array.isArray(waiting.path) ? waiting.path.join("/") : "";
      const given = { value, ...(action && { action }) };
      await command(runId, { type: "answer", node: String(waiting.node), scope, ...given } as never);
    } catch (error) {
      toast(said(error), { tone: "error" });
    }
  };
  if (question === undefined && until !== undefined) {
    return (
      <p className="mx-3.5 mb-2 rounded-ctl bg-wait-bg p-2.5 text-wait">{t`${name} waits until ${String(until)}.`}</p>
    );
  }
  const choose = async (choice: string) => {
    const given = changed === null ? null : readJson(changed);
    if (changed !== null && !isObject(given)) {
      toast(t`The arguments are no JSON object.`, { tone: "error" });
      return;
    }
    const told = { ...(note && text && { [note]: text }), ...(isObject(given) && { arguments: given }) };
    await answer(choice === choices[0] ? { choice, ...told } : { choice, ...(note && text && { [note]: text }) });
  };
  const { kind, step: _step, assignee: _assignee, ...others } = more;
  // What an agent wants to call stands in the question already.
  const shown = kind === "approval" ? { because: others.reason } : others;
  if (kind === "interrupted") return <Interrupted name={name} question={String(question ?? "")} onAnswer={answer} />;
  return (
    <section
      aria-label={t`Waiting for you`}
      className="mx-3.5 mb-3 flex shrink-0 flex-col gap-2.5 rounded-panel border border-wait p-3"
    >
      <h3 className="flex items-center gap-2 font-bold">
        <Lamp status="waiting" />
        {name}
      </h3>
      <p className="max-h-48 overflow-auto text-sm/[1.5] break-words whitespace-pre-wrap" dir="auto">
        {String(question ?? t`An answer is needed to go on.`)}
      </p>
      {Object.keys(shown).length > 0 ? <ValueView value={shown} label={t`What it is about`} compact /> : null}
      {changed === null ? null : (
        <label className="flex flex-col gap-1 text-xs font-semibold">
          {t`Arguments`}
          <textarea
            rows={Math.min(8, changed.split("\n").length)}
            spellCheck={false}
            className={`py-1.5 font-mono text-xs! font-normal ${CONTROL}`}
            value={changed}
            onChange={(event) => setChanged(event.target.value)}
          />
        </label>
      )}
      {wantsText ? (
        <label className="flex flex-col gap-1 text-xs font-semibold">
          {note === "reason" ? t`Reason` : choices.length > 0 ? t`Comment` : t`Answer`}
          <textarea
            rows={2}
            dir="auto"
            className={`py-1.5 font-normal ${CONTROL}`}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
      ) : null}
      <div className="flex flex-wrap gap-2">
        {choices.map((choice, index) => (
          <Button key={choice} look={index === 0 ? "main" : "plain"} onClick={() => void choose(choice)}>
            {choice}
          </Button>
        ))}
        {choices.length === 0 ? (
          <Button look="main" onClick={() => void answer(readAnswer(text, schema))}>
            {t`Answer`}
          </Button>
        ) : null}
      </div>
    </section>
  );
}

/** A node that was cut off while at work: whether it had its effect, only a person can know. */
function Interrupted({ name, question, onAnswer }: InterruptedProps) {
  return (
    <section
      aria-label={t`Waiting for you`}
      className="mx-3.5 mb-3 flex shrink-0 flex-col gap-2.5 rounded-panel border border-wait p-3"
    >
      <h3 className="flex items-center gap-2 font-bold">
        <Lamp status="waiting" />
        {name}
      </h3>
      <p className="break-words">{question}</p>
      <div className="flex flex-wrap gap-2">
        <Button look="main" onClick={() => void onAnswer(null, "again")}>{t`Run it again`}</Button>
        <Button onClick={() => void onAnswer(null, "done")}>{t`It was done`}</Button>
        <Button look="danger" onClick={() => void onAnswer(null, "fail")}>{t`Let it fail`}</Button>
      </div>
    </section>
  );
}

/** How the schema calls the text that goes with a choice. */
function noteOf(schema: unknown): "comment" | "reason" | null {
  const properties = isObject(schema) && isObject(schema.properties) ? schema.properties : {};
  if ("comment" in properties) return "comment";
  return "reason" in properties ? "reason" : null;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** What was typed, as what the schema wants: a text as it is, anything else as JSON. */
function readAnswer(text: string, schema: unknown): unknown {
  if (!isObject(schema) || schema.type === "string" || schema.type === undefined) return text;
  return readJson(text) ?? text;
}
