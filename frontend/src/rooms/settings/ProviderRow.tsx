import { t } from "@lingui/core/macro";
import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { api } from "~/api/client";
import type { ModelEntry, ProviderEntry, ProviderTest } from "~/api/types";
import { said } from "~/core/run/command";
import { duration } from "~/core/words";
import { Button, IconButton } from "~/ui/Button";
import { Lamp, type LampStatus } from "~/ui/Lamp";
import { GRID, modelsWord, titleOf } from "./kinds";

interface Props {
  entry: ProviderEntry;
  models: readonly ModelEntry[];
  onEdit: () => void;
  onForget: () => void;
  onTested: () => void;
}

const SHOWN = 24; // names of models in the answer of a test

/** One provider: where, with which key, whether it answers. */
export function ProviderRow({ entry, models, onEdit, onForget, onTested }: Props) {
  const [test, setTest] = useState<ProviderTest | null>(null);
  const [busy, setBusy] = useState(false);
  const own = entry.source === "stored";
  const run = async () => {
    setBusy(true);
    try {
      const { data } = await api.POST("/api/providers/{name}/test", { params: { path: { name: entry.name } } });
      if (data) setTest(data);
    } catch (error) {
      setTest({ ok: false, message: said(error), models: [], duration_ms: 0 });
    } finally {
      setBusy(false);
    }
    onTested();
  };
  return (
    <li aria-label={entry.name} className="border-b border-line last:border-b-0">
      <div className={`${GRID} min-h-14 py-2`}>
        <div className="min-w-0">
          <p className="truncate text-sm font-[650]">{entry.name}</p>
          <p className="truncate text-xs text-ink-3">{titleOf(entry.kind)}</p>
        </div>
        <div className="min-w-0 max-lg:order-3 max-lg:col-span-2">
          <p className="truncate font-mono text-xs text-ink-3">{entry.base_url}</p>
          <p className="truncate text-xs text-ink-3">{keyWord(entry)}</p>
        </div>
        <State entry={entry} models={models} test={test} busy={busy} />
        <div className="flex items-center justify-end gap-1 max-lg:order-4 max-lg:col-span-2">
          {own ? (
            <>
              <IconButton label={t`Edit ${entry.name}`} size="small" onClick={onEdit}>
                <Pencil />
              </IconButton>
              <IconButton label={t`Remove ${entry.name}`} size="small" onClick={onForget}>
                <Trash2 />
              </IconButton>
            </>
          ) : null}
          <Button size="small" className="min-w-20" disabled={busy} onClick={() => void run()}>
            {t`Test`}
            <span className="sr-only">{entry.name}</span>
          </Button>
        </div>
      </div>
      <div role="status">{test ? <Answer test={test} name={entry.name} /> : null}</div>
      {entry.usable ? null : <p className="px-4 pb-2.5 text-xs text-wait">{entry.reason}</p>}
    </li>
  );
}

function keyWord(entry: ProviderEntry): string {
  const { secret, environment } = (entry.key ?? {}) as { secret?: string; environment?: string };
  if (secret !== undefined) return t`key in the secret ${secret}`;
  if (environment !== undefined) return t`key in the variable ${environment}`;
  return entry.source === "environment" ? t`set in the environment, no key` : t`no key`;
}

interface StateProps {
  entry: ProviderEntry;
  models: readonly ModelEntry[];
  test: ProviderTest | null;
  busy: boolean;
}

function State({ entry, models, test, busy }: StateProps) {
  const available = models.filter((model) => model.available).length;
  let [lamp, look, text]: [LampStatus, string, string] = ["idle", "text-idle", t`Not tried yet`];
  if (busy) [lamp, look, text] = ["running", "text-run", t`Asking…`];
  else if (test && !test.ok) [lamp, look, text] = ["failed", "text-fail", t`Does not work`];
  else if (test) [lamp, look, text] = ["succeeded", "text-ok", t`Connected · ${modelsWord(test.models.length)}`];
  else if (!entry.usable) [lamp, look, text] = ["waiting", "text-wait", t`Cannot be used`];
  else if (available > 0) [lamp, look, text] = ["succeeded", "text-ok", t`Ready · ${modelsWord(available)}`];
  return (
    <span className={`inline-flex items-center gap-1.5 text-xs font-semibold max-lg:order-2 ${look}`}>
      <Lamp status={lamp} />
      {text}
      {test && !busy ? (
        <span className="ps-2 font-mono font-normal text-ink-3">{duration(test.duration_ms)}</span>
      ) : null}
    </span>
  );
}

/** What the provider said, word for word. */
function Answer({ test, name }: { test: ProviderTest; name: string }) {
  const more = test.models.length - SHOWN;
  return (
    <div className={`mx-4 mb-3 rounded-ctl px-3 py-2 text-xs ${test.ok ? "bg-ok-bg" : "bg-fail-bg"}`}>
      <p className={`font-semibold break-words ${test.ok ? "text-ok" : "text-fail"}`}>{test.message}</p>
      {test.models.length > 0 ? (
        <ul aria-label={t`Models of ${name}`} className="mt-1.5 flex flex-wrap gap-1">
          {test.models.slice(0, SHOWN).map((model) => (
            <li key={model} className="rounded-chip bg-panel px-1.5 font-mono text-[11.5px] text-ink-2">
              {model}
            </li>
          ))}
          {more > 0 ? <li className="px-1 text-ink-2">{t`and ${more} more`}</li> : null}
        </ul>
      ) : null}
    </div>
  );
}
