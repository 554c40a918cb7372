import { t } from "@lingui/core/macro";
import { X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { api } from "~/api/client";
import type { AgentMemory } from "~/api/types";
import { PLACES, type Scope, scopeOf } from "~/core/memory/shown";
import { said } from "~/core/run/command";
import { Button, IconButton } from "~/ui/Button";
import { CONTROL, FieldRow } from "~/ui/Field";
import { FactFields, type FactText, read, USUAL_FACT } from "./FactFields";
import { useChanged } from "./queries";
import { placeWord } from "./words";

interface Props {
  agent: string;
  agents: AgentMemory[];
  onClose: () => void;
  onAdded: (id: string, agent: string) => void;
}

/** A person lets an agent remember something. */
export function AddForm({ agent, agents, onClose, onAdded }: Props) {
  const [name, setName] = useState(agent);
  const [fact, setFact] = useState<FactText>(USUAL_FACT);
  const [scope, setScope] = useState<Scope>({});
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const changed = useChanged();
  const add = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setWrong("");
    try {
      const { data } = await api.POST("/api/memory/{agent_id}/facts", {
        params: { path: { agent_id: name.trim() } },
        body: { ...read(fact), ...scopeOf(scope) } as never,
      });
      changed();
      if (data) onAdded(data.id, name.trim());
    } catch (error) {
      setWrong(said(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void add(event)} className="flex min-h-0 flex-1 flex-col">
      <div className="flex items-center gap-2 border-b border-line px-4 py-2">
        <h2 className="flex-1 text-[15px] font-[650]">{t`Add memory`}</h2>
        <IconButton label={t`Close`} onClick={onClose}>
          <X />
        </IconButton>
      </div>
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-auto p-4">
        <FieldRow id="add-agent" label={t`Agent`} help={t`Whose memory it is, as agents name it.`}>
          <input
            id="add-agent"
            list="add-agents"
            required
            aria-describedby="add-agent-help"
            className={`h-9 font-mono ${CONTROL}`}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
          <datalist id="add-agents">
            {agents.map((one) => (
              <option key={one.agent_id}>{one.agent_id}</option>
            ))}
          </datalist>
        </FieldRow>
        <FactFields id="add" fact={fact} onChange={setFact} />
        <fieldset className="flex flex-col gap-2.5 border-t border-line pt-3">
          <legend className="cap float-start mb-1">{t`Where it holds; empty: everywhere`}</legend>
          {PLACES.map((place) => (
            <label key={place} className="flex items-center gap-3 text-[12.5px] font-semibold">
              <span className="w-20">{placeWord(place)}</span>
              <input
                className={`h-8 font-mono font-normal ${CONTROL}`}
                placeholder={t`any`}
                value={scope[place] ?? ""}
                onChange={({ target }) => setScope({ ...scope, [place]: target.value })}
              />
            </label>
          ))}
        </fieldset>
        {wrong ? (
          <p role="alert" className="rounded-ctl bg-fail-bg p-2.5 text-[13px] text-fail">
            {wrong}
          </p>
        ) : null}
      </div>
      <div className="flex justify-end gap-2 border-t border-line px-4 py-3">
        <Button onClick={onClose}>{t`Cancel`}</Button>
        <Button type="submit" look="main" disabled={busy || !fact.text.trim() || !name.trim()}>
          {t`Remember it`}
        </Button>
      </div>
    </form>
  );
}
