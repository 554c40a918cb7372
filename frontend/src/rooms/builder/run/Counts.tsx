import { t } from "@lingui/core/macro";
import { lampOf } from "~/core/run/lamps";
import { Lamp, statusWord } from "~/ui/Lamp";
import { useRunHead, useSession, useView } from "../session/hooks";

const SHOWN = ["completed", "running", "waiting", "failed", "skipped"] as const;

/** How many of each status; a click leaves only those lit. */
export function Counts() {
  const { view } = useSession();
  const head = useRunHead();
  const only = useView((state) => state.only);
  if (!head) return null;
  return (
    <div
      role="group"
      aria-label={t`Nodes by status`}
      className="absolute start-3.5 top-3.5 z-10 flex gap-1 rounded-panel border border-line-2 bg-panel px-1.5 py-1 shadow-node"
    >
      {SHOWN.map((status) => {
        const lamp = lampOf(status);
        return (
          <button
            key={status}
            type="button"
            title={statusWord(lamp)}
            aria-label={`${statusWord(lamp)}: ${head.counts[status]}`}
            aria-pressed={only === lamp}
            className="flex h-6 items-center gap-1.5 rounded-chip px-1.5 font-mono text-xs font-semibold aria-pressed:bg-panel-3"
            onClick={() => view.setState({ only: only === lamp ? null : lamp })}
          >
            <Lamp status={lamp} />
            {head.counts[status]}
          </button>
        );
      })}
    </div>
  );
}
