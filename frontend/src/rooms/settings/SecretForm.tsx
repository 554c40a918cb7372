import { t } from "@lingui/core/macro";
import { type FormEvent, useState } from "react";
import { api } from "~/api/client";
import { said } from "~/core/run/command";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { CONTROL, FieldRow } from "~/ui/Field";
import { toast } from "~/ui/Toasts";

interface Props {
  name: string;
  /** It is there already: only its value is replaced. */
  known: boolean;
  names: readonly string[];
  onClose: () => void;
  onStored: () => void;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,99}$/;
const HIDEABLE = 6;

/** The way in for a value. There is none out. */
export function SecretForm({ name: given, known, names, onClose, onStored }: Props) {
  const [name, setName] = useState(given);
  const [value, setValue] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<{ name?: string; value?: string }>({});
  const replaces = names.includes(name);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!NAME.test(name)) {
      setWrong({ name: t`Use letters, digits, hyphens and underscores, and begin with a letter.` });
      return;
    }
    if (!value) {
      setWrong({ value: t`This is needed.` });
      return;
    }
    setBusy(true);
    try {
      const { data } = await api.PUT("/api/secrets/{name}", { params: { path: { name } }, body: { value } });
      setValue("");
      onStored();
      toast(data?.hidden === false ? t`Stored, but it is too short to be hidden where it turns up.` : t`Stored.`);
      onClose();
    } catch (error) {
      setWrong({ value: said(error) });
      setBusy(false);
    }
  };
  const title = known ? t`Replace ${given}` : t`Add a secret`;
  return (
    <Dialog label={title} open onClose={onClose} className="w-[440px] max-w-[94vw]">
      <form onSubmit={(event) => void submit(event)} autoComplete="off">
        <h2 className="border-b border-line px-4 py-3 text-base font-bold break-words">{title}</h2>
        <div className="flex flex-col gap-3.5 p-4">
          {known ? null : (
            <FieldRow
              id="secret-name"
              label={t`Name`}
              error={wrong.name}
              help={replaces ? t`There is one of this name: its value will be replaced.` : t`For example SERVICE_KEY`}
            >
              <input
                id="secret-name"
                type="text"
                autoComplete="off"
                spellCheck={false}
                className={`h-8 font-mono ${CONTROL}`}
                aria-invalid={wrong.name !== undefined || undefined}
                aria-describedby="secret-name-help"
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            </FieldRow>
          )}
          <FieldRow
            id="secret-value"
            label={t`Value`}
            error={wrong.value}
            help={
              value && value.length < HIDEABLE
                ? t`Values of fewer than six characters are not hidden where they turn up.`
                : t`It is encrypted on this server. Nobody can see it again, you included.`
            }
          >
            <input
              id="secret-value"
              type="password"
              autoComplete="new-password"
              spellCheck={false}
              className={`h-8 font-mono ${CONTROL}`}
              aria-invalid={wrong.value !== undefined || undefined}
              aria-describedby="secret-value-help"
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          </FieldRow>
        </div>
        <div className="flex justify-end gap-2 border-t border-line px-4 py-3">
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button type="submit" look="main" disabled={busy}>
            {known || replaces ? t`Replace` : t`Store`}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
