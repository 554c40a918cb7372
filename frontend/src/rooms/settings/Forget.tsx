import { t } from "@lingui/core/macro";
import { type FormEvent, type ReactNode, useState } from "react";
import { said } from "~/core/run/command";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { CONTROL, FieldRow } from "~/ui/Field";

interface Props {
  title: string;
  /** What has to be typed, for what cannot be taken back. */
  typed?: string;
  action: string;
  onClose: () => void;
  onForget: () => Promise<void>;
  children: ReactNode;
}

/** Asks before something is taken away for good. */
export function Forget({ title, typed, action, onClose, onForget, children }: Props) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (typed !== undefined && text !== typed) {
      setWrong(t`This is not its name.`);
      return;
    }
    setBusy(true);
    try {
      await onForget();
      onClose();
    } catch (error) {
      setWrong(said(error));
      setBusy(false);
    }
  };
  return (
    <Dialog label={title} open onClose={onClose} className="w-[440px] max-w-[94vw]">
      <form onSubmit={(event) => void submit(event)}>
        <h2 className="border-b border-line px-4 py-3 text-base font-bold break-words">{title}</h2>
        <div className="flex flex-col gap-3.5 p-4">
          <div className="text-ink-2">{children}</div>
          {typed === undefined ? (
            wrong && (
              <p role="alert" className="text-xs font-semibold text-fail">
                {wrong}
              </p>
            )
          ) : (
            <FieldRow id="forget-name" label={t`Type ${typed} to agree`} error={wrong || undefined}>
              <input
                id="forget-name"
                type="text"
                autoComplete="off"
                spellCheck={false}
                className={`h-8 font-mono ${CONTROL}`}
                aria-invalid={wrong !== "" || undefined}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            </FieldRow>
          )}
        </div>
        <div className="flex justify-end gap-2 border-t border-line px-4 py-3">
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button type="submit" look="danger" disabled={busy || (typed !== undefined && text !== typed)}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
