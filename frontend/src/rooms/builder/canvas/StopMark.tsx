import { t } from "@lingui/core/macro";
import { useStore } from "zustand";
import { useSession } from "../session/hooks";

/** The mark of a breakpoint on a node. */
export function StopMark({ id }: { id: string }) {
  const set = useStore(useSession().breakpoints.store, ({ nodes }) => nodes.has(id));
  if (!set) return null;
  return (
    <span
      role="img"
      aria-label={t`Breakpoint: runs pause before this node`}
      title={t`Breakpoint: runs pause before this node`}
      className="absolute -start-2 -top-2 size-4 rounded-full border-2 border-node bg-fail"
    />
  );
}
