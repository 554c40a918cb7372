import { t } from "@lingui/core/macro";
import { type FormEvent, useState } from "react";
import { api, server } from "~/api/client";
import type { ProviderBody, ProviderEntry, ProviderKind } from "~/api/types";
import { said } from "~/core/run/command";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { CONTROL, FieldRow } from "~/ui/Field";
import { toast } from "~/ui/Toasts";
import { KINDS, needsKey, titleOf } from "./kinds";

interface Props {
  entry: ProviderEntry | null;
  kind: ProviderKind;
  taken: readonly string[];
  onClose: () => void;
  onStored: () => void;
}

type KeyFrom = "none" | "new" | "secret";

const LIMITS: [string, () => string][] = [
  ["silence_s", () => t`Seconds to wait for a sign of life`],
  ["total_s", () => t`Seconds for a whole answer`],
  ["max_concurrency", () => t`Answers at a time`],
  ["max_retries", () => t`Repeats when it is busy`],
];

/** Set up a provider, or change one. Its key goes one way only. */
export function ProviderForm({ entry, kind: first, taken, onClose, onStored }: Props) {
  const [kind, setKind] = useState(first);
  const [name, setName] = useState(entry?.name ?? (first === "openai-compatible" ? "" : first));
  const [url, setUrl] = useState(entry && first === "openai-compatible" ? entry.base_url : "");
  const before = (entry?.key as { secret?: string } | null | undefined)?.secret;
  const [from, setFrom] = useState<KeyFrom>(before ? "secret" : !entry && needsKey(first) ? "new" : "none");
  const [key, setKey] = useState("");
  const [secret, setSecret] = useState(before ?? "");
  const given = (entry?.options ?? {}) as Record<string, unknown>;
  const [models, setModels] = useState(Array.isArray(given.models) ? given.models.join("\n") : "");
  const [limits, setLimits] = useState<Record<string, string>>(() =>
    Object.fromEntries(
      LIMITS.map(([option]) => [option, typeof given[option] === "number" ? String(given[option]) : ""]),
    ),
  );
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const secrets = server.useQuery("get", "/api/secrets");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!entry && taken.includes(name)) {
      setWrong(t`There is a provider of this name. Choose another, or edit that one.`);
      return;
    }
    const named = models.split(/[\n,]/).map((line) => line.trim());
    const options = Object.fromEntries([
      // What this form does not know stays as it is.
      ...Object.entries(given).filter(([option]) => option !== "models" && !LIMITS.some(([one]) => one === option)),
      ...(named.some(Boolean) ? [["models", named.filter(Boolean)]] : []),
      ...Object.entries(limits).flatMap(([option, text]) => (text.trim() ? [[option, Number(text)]] : [])),
    ]) as NonNullable<ProviderBody["options"]>;
    setBusy(true);
    try {
      await api.PUT("/api/providers/{name}", {
        params: { path: { name } },
        body: {
          kind,
          base_url: url.trim() || null,
          key: from === "new" ? key : from === "secret" ? { secret } : null,
          options,
        },
      });
      setKey("");
      onStored();
      toast(t`Stored. It counts for the next call to a model.`);
      onClose();
    } catch (error) {
      setWrong(said(error));
      setBusy(false);
    }
  };
  const title = entry ? t`Provider ${entry.name}` : t`Add a provider`;
  return (
    <Dialog label={title} open onClose={onClose} className="w-[520px] max-w-[94vw]">
      <form onSubmit={(event) => void submit(event)} autoComplete="off" className="flex max-h-[86vh] flex-col">
        <h2 className="border-b border-line px-4 py-3 text-base font-bold">{title}</h2>
        <div className="flex flex-col gap-3.5 overflow-auto p-4">
          <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
            <FieldRow id="provider-kind" label={t`Kind`}>
              <select
                id="provider-kind"
                className={`h-8 ${CONTROL}`}
                value={kind}
                onChange={({ target }) => {
                  const next = KINDS.find((one) => one === target.value) ?? kind;
                  if (!entry && (name === kind || name === "")) setName(next === "openai-compatible" ? "" : next);
                  setKind(next);
                  if (!entry) setFrom(needsKey(next) ? "new" : "none");
                }}
              >
                {KINDS.map((one) => (
                  <option key={one} value={one}>
                    {titleOf(one)}
                  </option>
                ))}
              </select>
            </FieldRow>
            <FieldRow id="provider-name" label={t`Name`} help={t`Agents write it before the model: ${name || "lab"}:…`}>
              <input
                id="provider-name"
                type="text"
                required
                pattern="[a-z][a-z0-9\-]{0,49}"
                title={t`Lower-case letters, digits and hyphens, beginning with a letter`}
                autoComplete="off"
                spellCheck={false}
                className={`h-8 font-mono ${CONTROL}`}
                disabled={entry !== null}
                aria-describedby="provider-name-help"
                value={name}
                onChange={({ target }) => setName(target.value)}
              />
            </FieldRow>
          </div>
          <FieldRow
            id="provider-url"
            label={t`Address`}
            note={kind === "openai-compatible" ? t`required` : null}
            help={
              kind === "openai-compatible"
                ? t`Up to and including /v1, for example http://127.0.0.1:8080/v1`
                : t`Leave it empty for the usual one.`
            }
          >
            <input
              id="provider-url"
              type="url"
              required={kind === "openai-compatible"}
              autoComplete="off"
              className={`h-8 font-mono text-xs! ${CONTROL}`}
              aria-describedby="provider-url-help"
              value={url}
              onChange={({ target }) => setUrl(target.value)}
            />
          </FieldRow>
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-1.5 text-[12.5px] font-semibold">{t`Key`}</legend>
            <Radio label={t`No key`} checked={from === "none"} onChoose={() => setFrom("none")} />
            <Radio
              label={before ? t`A new key` : t`Type it in`}
              checked={from === "new"}
              onChoose={() => setFrom("new")}
            />
            {from === "new" ? (
              <input
                type="password"
                aria-label={t`Key`}
                required
                autoComplete="new-password"
                spellCheck={false}
                className={`ms-6 h-8 w-auto! font-mono ${CONTROL}`}
                value={key}
                onChange={({ target }) => setKey(target.value)}
              />
            ) : null}
            <Radio label={t`A stored secret`} checked={from === "secret"} onChoose={() => setFrom("secret")} />
            {from === "secret" ? (
              <select
                aria-label={t`Secret`}
                required
                className={`ms-6 h-8 w-auto! font-mono text-xs! ${CONTROL}`}
                value={secret}
                onChange={({ target }) => setSecret(target.value)}
              >
                <option value="">{t`Choose a secret`}</option>
                {secret && !secrets.data?.some((one) => one.name === secret) ? <option>{secret}</option> : null}
                {secrets.data?.map((one) => (
                  <option key={one.name}>{one.name}</option>
                ))}
              </select>
            ) : null}
          </fieldset>
          <FieldRow
            id="provider-models"
            label={t`Models`}
            note={t`one a line`}
            help={t`What forms offer. Its own list is asked for besides.`}
          >
            <textarea
              id="provider-models"
              rows={2}
              spellCheck={false}
              className={`py-1.5 font-mono text-xs! ${CONTROL}`}
              aria-describedby="provider-models-help"
              value={models}
              onChange={({ target }) => setModels(target.value)}
            />
          </FieldRow>
          <details>
            <summary className="cursor-pointer text-[12.5px] font-semibold text-ink-2">{t`Limits`}</summary>
            <div className="mt-3 grid grid-cols-2 gap-3 max-sm:grid-cols-1">
              {LIMITS.map(([option, label]) => (
                <FieldRow key={option} id={`provider-${option}`} label={label()}>
                  <input
                    id={`provider-${option}`}
                    type="number"
                    min={0}
                    className={`h-8 ${CONTROL}`}
                    placeholder={t`as usual`}
                    value={limits[option] ?? ""}
                    onChange={({ target }) => setLimits({ ...limits, [option]: target.value })}
                  />
                </FieldRow>
              ))}
            </div>
          </details>
          {wrong ? (
            <p role="alert" className="rounded-ctl bg-fail-bg px-3 py-2 text-xs font-semibold text-fail">
              {wrong}
            </p>
          ) : null}
        </div>
        <div className="flex justify-end gap-2 border-t border-line px-4 py-3">
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button type="submit" look="main" disabled={busy}>
            {entry ? t`Save` : t`Add`}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Radio({ label, checked, onChoose }: { label: string; checked: boolean; onChoose: () => void }) {
  return (
    <label className="flex items-center gap-2">
      <input type="radio" name="key-from" className="accent-(--ink)" checked={checked} onChange={onChoose} />
      {label}
    </label>
  );
}
