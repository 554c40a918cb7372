import { Lamp, type LampStatus, statusWord } from "./Lamp";

const LOOKS: Record<LampStatus, string> = {
  idle: "bg-idle-bg text-ink-2",
  queued: "bg-idle-bg text-ink-2",
  running: "bg-run-bg text-run",
  succeeded: "bg-ok-bg text-ok",
  failed: "bg-fail-bg text-fail",
  waiting: "bg-wait-bg text-wait",
  paused: "bg-pause-bg text-pause",
  cancelled: "bg-pause-bg text-pause",
  skipped: "bg-idle-bg text-ink-2",
};

/** A status as lamp and word, on its colour. */
export function StatusPill({ status }: { status: LampStatus }) {
  return (
    <span
      className={`inline-flex h-[22px] shrink-0 items-center gap-1.5 rounded-chip px-2 text-xs font-semibold whitespace-nowrap ${LOOKS[status]}`}
    >
      <Lamp status={status} size={14} />
      {statusWord(status)}
    </span>
  );
}
