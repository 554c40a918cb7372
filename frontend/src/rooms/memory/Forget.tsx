import { t } from "@lingui/core/macro";
import { type FormEvent, useState } from "react";
import { api } from "~/api/client";
import type { MemoryEntry } from "~/api/types";
import { nameOfMine } from "~/core/inbox/mine";
import { said } from "~/core/run/command";
import { Button } from "~/ui/Button";
import { CONTROL, FieldRow } from "~/ui/Field";
import { toast } from "~/ui/Toasts";
import { useChanged } from "./queries";

interface Props {
  agent: string;
  one: MemoryEntry;
  onClose: () => void;
  onForgotten: () => void;
}

/** Asks for the reason, and once more whether it shall be. */
export function Forget({ agent, one, onClose, onForgotten }: Props) {
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const changed = useChanged();
  const forget = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await api.DELETE("/api/memory/{agent_id}/facts/{memory_id}", {
        params: { path: { agent_id: agent, memory_id: one.id }, query: { by: nameOfMine() || "web app", reason } },
      });
      toast(t`Forgotten. The audit has who, when and why.`);
      onForgotten();
      changed(one.id);
    } catch (error) {
      toast(said(error), { tone: "error" });
      setBusy(false);
    }
  };
  return (
    <form
      aria-label={t`Forget`}
      onSubmit={(event) => void forget(event)}
      className="flex flex-col gap-3 rounded-panel border border-fail p-3"
    >
      <p className="text-[13px]">
        <b className="font-[650] text-fail">{t`This cannot be undone.`}</b>{" "}
        {t`It goes for good, with its history and with what it was said in.`}
      </p>
      <FieldRow
        id="forget-reason"
        label={t`Reason`}
        note={t`optional`}
        help={t`It is kept in the audit; the text is not.`}
      >
        <input
          id="forget-reason"
          dir="auto"
          maxLength={500}
          aria-describedby="forget-reason-help"
          // It appears because somebody pressed “Forget…”.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          className={`h-9 ${CONTROL}`}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      </FieldRow>
      <div className="flex justify-end gap-2">
        <Button className="max-md:h-11" onClick={onClose}>{t`Keep it`}</Button>
        <Button type="submit" look="danger" className="max-md:h-11" disabled={busy}>
          {t`Forget for good`}
        </Button>
      </div>
    </form>
  );
}
