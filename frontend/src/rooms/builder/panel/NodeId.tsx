import { t } from "@lingui/core/macro";
import { useState } from "react";
import { nodeIds } from "~/core/document/edit";
import { changeId } from "~/core/document/rewrite";
import { toast } from "~/ui/Toasts";
import { formulas } from "../formulas";
import { useSession, useShownRun } from "../session/hooks";

const FITTING = /^[\p{L}_][\p{L}\p{N}_-]{0,99}$/u;

/** What other nodes call this one. When it is written anew, every reference to it is too, in one step. */
export function NodeId({ id }: { id: string }) {
  const { documents, catalogue, view } = useSession();
  const running = useShownRun() !== null;
  const [typed, setTyped] = useState(id);
  const take = () => {
    const wanted = typed.trim();
    if (wanted === id) return setTyped(id);
    const taken = nodeIds(documents.get()).has(wanted);
    if (taken || !FITTING.test(wanted)) {
      toast(
        taken
          ? t`Another node has the id ${wanted}.`
          : t`An id begins with a letter and has letters, digits, _ and - only.`,
        { tone: "error" },
      );
      return setTyped(id);
    }
    documents.edit(changeId(id, wanted, formulas(catalogue)));
    view.select(wanted);
  };
  return (
    <input
      type="text"
      aria-label={t`Id`}
      title={t`What other nodes call it, as in nodes.${id}`}
      className="w-full truncate rounded-chip bg-transparent font-mono text-xs text-ink-3 hover:bg-panel-2"
      spellCheck={false}
      readOnly={running}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        else if (event.key === "Escape") setTyped(id);
      }}
    />
  );
}
