import { t } from "@lingui/core/macro";
import { CircleX, TriangleAlert } from "lucide-react";
import { useStore } from "zustand";
import { useNode, useSession, useShownRun } from "../session/hooks";

/** The flag over a node that something is wrong with. */
export function Issue({ id }: { id: string }) {
  // Over a node in a container it would hide the name of that.
  const inside = useNode(id)?.parent !== undefined;
  const { problems, view } = useSession();
  const running = useShownRun() !== null;
  const list = useStore(problems.store, (state) => state.byNode.get(id));
  const [first] = list ?? [];
  if (!first || running) return null;
  const error = first.severity === "error";
  const more = (list?.length ?? 1) - 1;
  const short = shortOf(first.message);
  return (
    <button
      type="button"
      title={first.message}
      className={`${inside ? "start-2 -bottom-3.5" : "start-0 -top-8"} nodrag absolute flex max-w-64 items-center gap-1.5 rounded-chip py-[3px] ps-1.5 pe-2 text-xs font-semibold [&_svg]:size-3.5 [&_svg]:shrink-0 ${error ? "bg-fail text-white dark:text-[#2a0d04]" : "bg-signal text-[#2b1f00]"}`}
      onClick={(event) => {
        event.stopPropagation();
        view.select(id);
        view.setState({ focusField: first.field, panel: true });
      }}
    >
      {error ? <CircleX aria-hidden /> : <TriangleAlert aria-hidden />}
      <span className="truncate">{short}</span>
      {more > 0 ? <span aria-label={t`and ${more} more`}>+{more}</span> : null}
    </button>
  );
}

/** The message without the name of the node that it is on. */
export function shortOf(message: string): string {
  const text = message.replace(/^'[^']*'(?:[:,]| (?=has|reads|must|lives))\s*/, "");
  // A name that is quoted keeps its letters.
  return /^\w+\./.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
