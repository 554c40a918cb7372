import { t } from "@lingui/core/macro";
import { Check, Send } from "lucide-react";
import { useMemo } from "react";
import { answerOf, choicesOf, formOf } from "~/core/inbox/asked";
import type { JsonObject } from "~/core/document/document";
import { Button } from "~/ui/Button";
import { Fields } from "./Fields";
import { type AnswerProps, MAIN, OTHER, Sheet } from "./Sheet";
import { useAnswer } from "./useAnswer";
import { useForm } from "./useForm";

/** What the author of a workflow asks: to choose, to fill in, or to say something. */
export function Question({ entry, head, foot, onAnswered }: AnswerProps) {
  const request = entry.request as JsonObject;
  const form = useMemo(() => formOf(request), [request]);
  const choices = choicesOf(request);
  const { values, wrong, setValues, onUnreadable, check } = useForm(form);
  const { busy, refused, answer } = useAnswer(entry, onAnswered);
  const send = async (choice?: string) => {
    if (!(await check())) return;
    await answer(choice === undefined ? t`Answered.` : t`Answered: ${choice}.`, {
      value: answerOf(form, values, choice),
    });
  };
  return (
    <Sheet
      entry={entry}
      refused={refused}
      buttons={
        choices.length === 0 ? (
          <Button look="main" className={MAIN} disabled={busy} onClick={() => void send()}>
            <Send aria-hidden />
            {t`Send the answer`}
          </Button>
        ) : (
          choices.map((choice, index) => (
            <Button
              key={choice}
              look={index === 0 ? "main" : "plain"}
              className={index === 0 ? MAIN : OTHER}
              disabled={busy}
              onClick={() => void send(choice)}
            >
              {index === 0 ? <Check aria-hidden /> : null}
              {choiceWords(choice)}
            </Button>
          ))
        )
      }
    >
      {head}
      <p className="text-[15px]/[1.55] break-words whitespace-pre-wrap" dir="auto">
        {typeof request.question === "string" ? request.question : t`An answer is needed to go on.`}
      </p>
      <Fields form={form} values={values} wrong={wrong} onChange={setValues} onUnreadable={onUnreadable} />
      {foot}
    </Sheet>
  );
}

/** As a button says it: `approve` → `Approve`. */
const choiceWords = (choice: string): string => choice.charAt(0).toUpperCase() + choice.slice(1).replaceAll("_", " ");
