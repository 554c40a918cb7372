import { t } from "@lingui/core/macro";
import { Check, RotateCcw } from "lucide-react";
import { useState } from "react";
import { isObject, type JsonObject } from "~/core/document/document";
import { jsonOrText } from "~/core/inbox/asked";
import { Button } from "~/ui/Button";
import { CONTROL, FieldRow } from "~/ui/Field";
import { ValueView } from "~/ui/ValueView";
import { type AnswerProps, MAIN, OTHER, Sheet } from "./Sheet";
import { useAnswer } from "./useAnswer";

/** Work that was cut off and may have had its effect: to be done again, taken as done, or given up. */
export function Interrupted({ entry, head, foot, onAnswered }: AnswerProps) {
  const request = entry.request as JsonObject;
  const step = isObject(request.step) ? request.step : null;
  const { busy, refused, answer } = useAnswer(entry, onAnswered);
  const [done, setDone] = useState(false);
  const [result, setResult] = useState("");
  return (
    <Sheet
      entry={entry}
      refused={refused}
      buttons={
        done ? (
          <>
            <Button
              look="main"
              className={MAIN}
              disabled={busy}
              onClick={() =>
                void answer(t`Taken as done.`, { action: "done", value: result.trim() ? jsonOrText(result) : null })
              }
            >
              <Check aria-hidden />
              {t`Take it as done`}
            </Button>
            <Button className={OTHER} onClick={() => setDone(false)}>
              {t`Back`}
            </Button>
          </>
        ) : (
          <>
            <Button
              look="main"
              className={MAIN}
              disabled={busy}
              onClick={() => void answer(t`It runs again.`, { action: "again" })}
            >
              <RotateCcw aria-hidden />
              {t`Do it again`}
            </Button>
            <Button className={OTHER} disabled={busy} onClick={() => setDone(true)}>
              {t`It is done…`}
            </Button>
            <Button
              look="danger"
              className={OTHER}
              disabled={busy}
              onClick={() => void answer(t`Let fail.`, { action: "fail" })}
            >
              {t`Let it fail`}
            </Button>
          </>
        )
      }
    >
      {head}
      <p className="text-[15px]/[1.55] break-words whitespace-pre-wrap" dir="auto">
        {typeof request.question === "string" ? request.question : t`This was cut off while at work.`}
      </p>
      <p className="text-[13px] text-ink-3">
        {t`Look whether it had its effect. If it had none, do it again; if it had, say with which result.`}
      </p>
      {step ? (
        <div>
          <h3 className="cap mb-1">{t`What was being done`}</h3>
          <div className="rounded-ctl border border-line-2 px-3 py-2.5">
            <ValueView value={step.data ?? step.name} label={t`What was being done`} />
          </div>
        </div>
      ) : null}
      {done ? (
        <FieldRow
          id="done-result"
          label={t`Its result`}
          note={t`text or JSON`}
          help={t`The run goes on with it. Empty: without a result.`}
        >
          <textarea
            id="done-result"
            dir="auto"
            rows={4}
            // It appears because somebody pressed “It is done…” to write here.
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            aria-describedby="done-result-help"
            className={`py-2 text-[15px]! ${CONTROL}`}
            value={result}
            onChange={({ target }) => setResult(target.value)}
          />
        </FieldRow>
      ) : null}
      {foot}
    </Sheet>
  );
}
