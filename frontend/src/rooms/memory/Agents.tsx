import { t } from "@lingui/core/macro";
import { Database } from "lucide-react";
import type { AgentMemory } from "~/api/types";
import { count } from "~/core/words";

interface Props {
  agents: AgentMemory[];
  agent: string;
  onChoose: (agent: string) => void;
}

/** Whoever remembers something, and how much. */
export function Agents({ agents, agent, onChoose }: Props) {
  return (
    <nav
      aria-label={t`Agents`}
      className="flex w-[216px] shrink-0 flex-col gap-0.5 overflow-auto border-e border-line p-3 max-md:hidden"
    >
      <h2 className="cap px-2 pb-1.5">{t`Agents`}</h2>
      {withChosen(agents, agent).map((one) => (
        <button
          key={one.agent_id}
          type="button"
          aria-current={one.agent_id === agent || undefined}
          title={one.agent_id}
          className="flex h-8 shrink-0 items-center gap-2 rounded-ctl px-2 text-start hover:bg-panel-2 focus-visible:-outline-offset-2 aria-[current]:bg-panel-3 aria-[current]:font-[650]"
          onClick={() => onChoose(one.agent_id)}
        >
          <Database className="size-4 shrink-0 text-ink-3" aria-hidden />
          <span className="min-w-0 flex-1 truncate font-mono text-[13px]">{one.agent_id}</span>
          <span className="font-mono text-xs text-ink-3">{count(one.memories)}</span>
        </button>
      ))}
    </nav>
  );
}

/** The same in a line, for small screens. */
export function AgentSelect({ agents, agent, onChoose }: Props) {
  return (
    <select
      aria-label={t`Agent`}
      className="h-11 w-full rounded-ctl border border-ctl bg-panel px-2.5 font-mono text-[13px] md:hidden"
      value={agent}
      onChange={({ target }) => onChoose(target.value)}
    >
      {withChosen(agents, agent).map((one) => (
        <option key={one.agent_id} value={one.agent_id}>
          {one.agent_id} ({count(one.memories)})
        </option>
      ))}
    </select>
  );
}

/** Whose everything was forgotten stays where it is as long as it is looked at. */
function withChosen(agents: AgentMemory[], agent: string): AgentMemory[] {
  const there = agents.some((one) => one.agent_id === agent);
  return there ? agents : [...agents, { agent_id: agent, memories: 0, facts: 0, turns: 0, latest_at: null }];
}
