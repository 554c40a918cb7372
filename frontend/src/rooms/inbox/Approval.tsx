import { t } from "@lingui/core/macro";
import { Check, Pencil, X } from "lucide-react";
import { useMemo, useState } from "react";
import { isObject, type JsonObject } from "~/core/document/document";
import { argumentsForm } from "~/core/inbox/asked";
import { Button } from "~/ui/Button";
import { CONTROL, FieldRow } from "~/ui/Field";
import { ValueView } from "~/ui/ValueView";
import { Fields } from "./Fields";
import { type AnswerProps, MAIN, OTHER, Sheet } from "./Sheet";
import { useAnswer } from "./useAnswer";
import { useForm } from "./useForm";

/** A call of a tool that somebody has to agree to: as it is, changed, or not at all. */
export function Approval({ entry, head, foot, onAnswered }: AnswerProps) {
  const request = entry.request as JsonObject;
  const given = isObject(request.arguments) ? request.arguments : NOTHING;
  const form = useMemo(() => argumentsForm(request), [request]);
  const { values, wrong, setValues, onUnreadable, check } = useForm(form, given);
  const { busy, refused, answer } = useAnswer(entry, onAnswered);
  const [mode, setMode] = useState<"look" | "edit" | "deny">("look");
  const [reason, setReason] = useState("");
  const changed = JSON.stringify(values) !== JSON.stringify(given);
  const approve = async () => {
    if ((changed || mode === "edit") && !(await check())) return;
    const words = changed ? t`Approved, with your changes.` : t`Approved.`;
    await answer(words, { value: { choice: "approve", ...(changed && { arguments: values }) } });
  };
  const deny = () => answer(t`Denied.`, { value: { choice: "deny", ...(reason && { reason }) } });
  const tool = String(request.tool ?? "");
  return (
    <Sheet
      entry={entry}
      refused={refused}
      buttons={
        mode === "deny" ? (
          <>
            <Button look="danger" className={MAIN} disabled={busy} onClick={() => void deny()}>
              <X aria-hidden />
              {t`Deny the call`}
            </Button>
            <Button className={OTHER} onClick={() => setMode("look")}>
              {t`Back`}
            </Button>
          </>
        ) : (
          <>
            <Button look="main" className={MAIN} disabled={busy} onClick={() => void approve()}>
              <Check aria-hidden />
              {changed ? t`Approve as changed` : t`Approve`}
            </Button>
            {mode === "edit" ? (
              <Button
                className={OTHER}
                onClick={() => {
                  setValues(given);
                  setMode("look");
                }}
              >
                {t`Undo changes`}
              </Button>
            ) : (
              <Button className={OTHER} onClick={() => setMode("edit")}>
                <Pencil aria-hidden />
                {t`Edit`}
              </Button>
            )}
            <Button look="danger" className={OTHER} onClick={() => setMode("deny")}>
              {t`Deny…`}
            </Button>
          </>
        )
      }
    >
      {head}
      <div>
        <p className="text-[15px]/[1.55]" dir="auto">
          {t`${String(request.agent ?? "")} wants to call`}{" "}
          <b className="font-mono text-[14px] font-semibold">{tool}</b>
          {typeof request.description === "string" && request.description ? `: ${request.description}` : "."}
        </p>
        {typeof request.reason === "string" ? (
          <p className="mt-1 text-[13px] text-ink-3">{t`You are asked because ${request.reason}.`}</p>
        ) : null}
      </div>
      {mode === "edit" ? (
        <Fields form={form} values={values} wrong={wrong} onChange={setValues} onUnreadable={onUnreadable} />
      ) : (
        <dl aria-label={t`Arguments`} className="flex flex-col gap-3">
          {Object.entries(given).map(([name, value]) => (
            <div key={name}>
              <dt className="cap mb-1">{name}</dt>
              <dd className="rounded-ctl border border-line-2 px-3 py-2.5 text-[15px]">
                <ValueView value={value} label={name} />
              </dd>
            </div>
          ))}
          {Object.keys(given).length === 0 ? <p className="text-ink-3">{t`Without arguments.`}</p> : null}
        </dl>
      )}
      {mode === "deny" ? (
        <FieldRow
          id="deny-reason"
          label={t`Why not`}
          note={t`optional`}
          help={t`It is told to whoever wanted the call; a model can try something else.`}
        >
          <textarea
            id="deny-reason"
            dir="auto"
            rows={2}
            // It appears because somebody pressed “Deny…” to write here.
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            aria-describedby="deny-reason-help"
            className={`py-2 text-[15px]! ${CONTROL}`}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        </FieldRow>
      ) : null}
      {foot}
    </Sheet>
  );
}

const NOTHING: JsonObject = {};
