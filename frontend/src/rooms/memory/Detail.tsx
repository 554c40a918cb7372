import { t } from "@lingui/core/macro";
import { Pencil, Trash2, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { api, server } from "~/api/client";
import type { MemoryEntry } from "~/api/types";
import { said } from "~/core/run/command";
import { ago } from "~/core/words";
import { Button, IconButton } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { toast } from "~/ui/Toasts";
import { ValueView } from "~/ui/ValueView";
import { FactFields, read } from "./FactFields";
import { Forget } from "./Forget";
import { Origin } from "./Origin";
import { useChanged } from "./queries";
import { kindWord, placesOf } from "./words";

interface Props {
  agent: string;
  id: string;
  onClose: () => void;
  onOpen: (id: string) => void;
}

/** One memory: what it says, where it came from, what held before it. */
export function Detail({ agent, id, onClose, onOpen }: Props) {
  const [mode, setMode] = useState<"look" | "edit" | "forget">("look");
  const query = server.useQuery("get", "/api/memory/{agent_id}/facts/{memory_id}", {
    params: { path: { agent_id: agent, memory_id: id } },
  });
  const one = query.data?.find((entry) => entry.id === id) ?? query.data?.[0];
  const before = (query.data ?? []).filter((entry) => entry.id !== one?.id);
  if (query.error || !one) {
    return (
      <div className="flex-1">
        <div className="flex justify-end p-2">
          <IconButton label={t`Close`} onClick={onClose}>
            <X />
          </IconButton>
        </div>
        {query.error ? <Empty title={t`This is not remembered`} text={said(query.error)} /> : null}
      </div>
    );
  }
  const holds = one.valid_to === null;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
    <div className="min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2" tabIndex={0}>
      <div className="flex flex-col gap-4 p-4">
        <div className="flex items-start gap-2">
          <h2 className="min-w-0 flex-1 text-[15px]/[1.45] font-[650] break-words whitespace-pre-line" dir="auto">
            {one.content}
          </h2>
          <IconButton label={t`Close`} className="-me-1.5 -mt-1" onClick={onClose}>
            <X />
          </IconButton>
        </div>
        {holds ? null : (
          <p className="rounded-ctl bg-idle-bg px-2.5 py-2 text-[13px]">
            {t`This holds no more; something else took its place ${ago(one.valid_to ?? "")}.`}{" "}
            {one.superseded_by ? (
              <button
                type="button"
                className="font-semibold text-focus underline"
                onClick={() => onOpen(one.superseded_by ?? "")}
              >
                {t`Show it`}
              </button>
            ) : null}
          </p>
        )}
        {mode === "look" ? (
          <div className="flex gap-2">
            {holds ? (
              <Button className="max-md:h-11" onClick={() => setMode("edit")}>
                <Pencil aria-hidden />
                {t`Edit`}
              </Button>
            ) : null}
            <span className="flex-1" />
            <Button look="danger" className="max-md:h-11" onClick={() => setMode("forget")}>
              <Trash2 aria-hidden />
              {t`Forget…`}
            </Button>
          </div>
        ) : null}
        {mode === "edit" ? <Edit agent={agent} one={one} onClose={() => setMode("look")} onEdited={onOpen} /> : null}
        {mode === "forget" ? (
          <Forget agent={agent} one={one} onClose={() => setMode("look")} onForgotten={onClose} />
        ) : null}
        <Origin one={one} />
        <section aria-label={t`History`} className="border-t border-line pt-3.5">
          <h3 className="cap mb-1.5">{t`History`}</h3>
          {before.length === 0 ? (
            <p className="text-[13px] text-ink-3">{t`It has not been changed since it was written.`}</p>
          ) : (
            <ol className="flex flex-col gap-2.5">
              {before.map((old) => (
                <li key={old.id} className="border-s-[3px] border-line-2 ps-3">
                  <p className="text-[13px] break-words whitespace-pre-line text-ink-2" dir="auto">
                    {old.content}
                  </p>
                  <p className="text-xs text-ink-3">
                    {old.valid_to
                      ? t`written ${ago(old.created_at)}, held until ${ago(old.valid_to)}`
                      : t`written ${ago(old.created_at)}`}
                  </p>
                </li>
              ))}
            </ol>
          )}
        </section>
        <RecordOf one={one} />
      </div>
    </div>
  );
}

function Edit({
  agent,
  one,
  onClose,
  onEdited,
}: {
  agent: string;
  one: MemoryEntry;
  onClose: () => void;
  onEdited: (id: string) => void;
}) {
  const [fact, setFact] = useState({
    text: one.content,
    importance: one.importance,
    metadata: Object.keys(one.metadata).length > 0 ? JSON.stringify(one.metadata, null, 2) : "",
  });
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const changed = useChanged();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setWrong("");
    try {
      const { data } = await api.PUT("/api/memory/{agent_id}/facts/{memory_id}", {
        params: { path: { agent_id: agent, memory_id: one.id } },
        body: read(fact) as never,
      });
      changed();
      toast(t`This holds from now on; what held before is in its history.`);
      onClose();
      if (data) onEdited(data.id);
    } catch (error) {
      setWrong(said(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form aria-label={t`Edit`} onSubmit={(event) => void save(event)} className="flex flex-col gap-4">
      <FactFields id="edit" fact={fact} onChange={setFact} />
      {wrong ? (
        <p role="alert" className="rounded-ctl bg-fail-bg p-2.5 text-[13px] text-fail">
          {wrong}
        </p>
      ) : null}
      <div className="flex justify-end gap-2">
        <Button className="max-md:h-11" onClick={onClose}>{t`Cancel`}</Button>
        <Button type="submit" look="main" className="max-md:h-11" disabled={busy || !fact.text.trim()}>
          {t`Save`}
        </Button>
      </div>
    </form>
  );
}

function RecordOf({ one }: { one: MemoryEntry }) {
  const lines: [string, string][] = [
    [t`kind`, kindWord(one.kind)],
    [t`holds for`, placesOf(one).join(", ") || t`everybody`],
    [t`importance`, one.importance.toFixed(2)],
    [t`recalled`, one.uses === 0 ? t`never` : t`${one.uses} times, last ${ago(one.last_used_at ?? one.created_at)}`],
    [t`expires`, one.expires_at ? ago(one.expires_at) : t`never`],
    [t`id`, one.id],
  ];
  return (
    <section aria-label={t`Record`} className="border-t border-line pt-3.5">
      <h3 className="cap mb-1.5">{t`Record`}</h3>
      <dl className="rounded-ctl border border-line bg-code px-2.5 py-2 font-mono text-xs/[1.7]">
        {lines.map(([name, value]) => (
          <div key={name} className="flex gap-3">
            <dt className="w-20 shrink-0 text-c-key">{name}</dt>
            <dd className="min-w-0 break-words text-c-str" dir="auto">
              {value}
            </dd>
          </div>
        ))}
      </dl>
      {Object.keys(one.metadata).length > 0 ? (
        <div className="mt-3">
          <h3 className="cap mb-1.5">{t`Metadata`}</h3>
          <ValueView value={one.metadata} label={t`Metadata`} compact />
        </div>
      ) : null}
    </section>
  );
}
