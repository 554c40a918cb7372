import { t } from "@lingui/core/macro";
import { useStore } from "zustand";
import { useSession } from "../session/hooks";

/** The mark of a breakpoint on a node. */
export function StopMark({ id }: { id: string }) {
  const set = useStore(useSession().debugging.store, ({ points }) => points.some(({ node }) => node === id));
  if (!set) return null;
  return (
    <span
      role="img"
      aria-label={t`Breakpoint: runs pause here`}
      className="absolute -start-2 -top-2 size-4 rounded-full border-2 border-node bg-fail"
    />
  );
}
