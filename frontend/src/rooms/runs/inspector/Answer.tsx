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

interface Props {
  runId: string;
  waiting: Record<string, unknown>;
  names: Pick<Names, "nameOf">;
}

/** What the run waits for a person to say; a timer is only told. */
export function Answer({ runId, waiting, names }: Props) {
  const [text, setText] = useState("");
  const request = isObject(waiting.request) ? waiting.request : {};
  const { question, choices: offered, until, schema, ...more } = request;
  const choices = Array.isArray(offered) ? offered.map(String) : [];
  const wantsText = choices.length === 0 || takesComment(schema);
  const name = names.nameOf(String(waiting.node_id ?? ""));
  const answer = async (value: unknown) => {
    try {
      const scope = Array.isArray(waiting.path) ? waiting.path.join("/") : "";
      await command(runId, { type: "answer", node: String(waiting.node), scope, value } as never);
    } catch (error) {
      toast(said(error), { tone: "error" });
    }
  };
  if (question === undefined && until !== undefined) {
    return (
      <p className="mx-3.5 mb-2 rounded-ctl bg-wait-bg p-2.5 text-wait">{t`${name} waits until ${String(until)}.`}</p>
    );
  }
  const { kind: _, ...shown } = more;
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
      {wantsText ? (
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
      ) : null}
      <div className="flex flex-wrap gap-2">
        {choices.map((choice, index) => (
          <Button
            key={choice}
            look={index === 0 ? "main" : "plain"}
            onClick={() => void answer({ choice, ...(text && { comment: text }) })}
          >
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

function takesComment(schema: unknown): boolean {
  return isObject(schema) && isObject(schema.properties) && "comment" in schema.properties;
}

/** What was typed, as what the schema wants: a text as it is, anything else as JSON. */
function readAnswer(text: string, schema: unknown): unknown {
  if (!isObject(schema) || schema.type === "string" || schema.type === undefined) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
