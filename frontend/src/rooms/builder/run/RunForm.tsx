import { t } from "@lingui/core/macro";
import { Play } from "lucide-react";
import { type FormEvent, useState } from "react";
import { ApiError } from "~/api/client";
import { configOf, isObject, type JsonObject } from "~/core/document/document";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { CONTROL, FieldRow } from "~/ui/Field";
import { toast } from "~/ui/Toasts";
import { useDocument, useProblems, useSession, useView } from "../session/hooks";
import { type InputField, inputFields, readInput, recall, remember } from "./inputs";

/** What the run is to work on: the inputs that the start asks for. */
export function RunForm() {
  const { view } = useSession();
  const open = useView((state) => state.asking);
  const close = () => view.setState({ asking: false });
  return (
    <Dialog label={t`Run`} open={open} onClose={close} className="w-[480px] max-w-[94vw]">
      <Form onClose={close} />
    </Dialog>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const session = useSession();
  const start = useDocument((document) => document.nodes.find((node) => node.type === "start"));
  const list = start ? configOf(start).inputs : undefined;
  const fields = inputFields(Array.isArray(list) ? list.filter(isObject) : []);
  const [values, setValues] = useState<Record<string, string>>(() => recall(session.id));
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const errors = useProblems().list.filter((problem) => problem.severity === "error");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const inputs: JsonObject = {};
    const problems: Record<string, string> = {};
    for (const field of fields) {
      const read = readInput(field, values[field.name] ?? "");
      if ("error" in read) problems[field.name] = read.error;
      else if (read.value !== undefined) inputs[field.name] = read.value;
    }
    setWrong(problems);
    if (Object.keys(problems).length > 0) return;
    setBusy(true);
    try {
      await session.autosave.flush();
      if (!session.autosave.isClean) {
        const { reason } = session.autosave.info.getState();
        toast(reason || t`What is drawn here could not be saved, so it cannot run yet.`, { tone: "error" });
        return;
      }
      remember(session.id, values);
      await session.run.start(inputs, session.autosave.info.getState().versionNumber);
      session.view.setState({ follow: true, only: null, dock: session.view.getState().dock ?? "timeline" });
      onClose();
    } catch (error) {
      toast(error instanceof ApiError ? `${error.message} ${error.hint}` : String(error), { tone: "error" });
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex max-h-[80vh] flex-col">
      <h2 className="border-b border-line px-4 py-3 text-base font-bold">{t`Run`}</h2>
      <div className="flex flex-col gap-4 overflow-auto p-4">
        {errors.length > 0 ? (
          <p role="alert" className="rounded-ctl bg-fail-bg p-2.5 text-xs text-fail">
            <span className="font-semibold">{t`Something is wrong with this workflow, so the run may be refused:`}</span>{" "}
            {errors[0]?.message}
          </p>
        ) : null}
        {fields.length === 0 ? <p className="text-ink-3">{t`This workflow asks for nothing.`}</p> : null}
        {fields.map((field) => (
          <FieldRow
            key={field.name}
            id={`input-${field.name}`}
            label={field.name}
            help={field.description}
            error={wrong[field.name]}
            note={field.type}
          >
            <Control
              field={field}
              value={values[field.name] ?? ""}
              onChange={(value) => setValues({ ...values, [field.name]: value })}
            />
          </FieldRow>
        ))}
      </div>
      <div className="flex justify-end gap-2 border-t border-line px-4 py-3">
        <Button onClick={onClose}>{t`Cancel`}</Button>
        <Button type="submit" look="main" disabled={busy}>
          <Play aria-hidden fill="currentColor" />
          {t`Run`}
        </Button>
      </div>
    </form>
  );
}

function Control({ field, value, onChange }: { field: InputField; value: string; onChange: (value: string) => void }) {
  const id = `input-${field.name}`;
  if (field.type === "boolean") {
    return (
      <select id={id} className={`h-8 ${CONTROL}`} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{field.placeholder || t`As usual`}</option>
        <option value="true">{t`Yes`}</option>
        <option value="false">{t`No`}</option>
      </select>
    );
  }
  const rows = field.type === "text" ? 2 : field.type === "number" ? 1 : 3;
  return (
    <textarea
      id={id}
      rows={rows}
      dir="auto"
      aria-describedby={`${id}-help`}
      className={`py-1.5 ${CONTROL} ${field.type === "list" || field.type === "json" ? "font-mono text-xs!" : ""}`}
      placeholder={field.placeholder}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
