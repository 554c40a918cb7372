import { t } from "@lingui/core/macro";
import type { ReactNode } from "react";
import type { Lit } from "~/core/run/lamps";

export type LampStatus = Lit;

const COLOURS: Record<LampStatus, string> = {
  idle: "text-idle",
  queued: "text-idle",
  running: "text-run",
  succeeded: "text-ok",
  failed: "text-fail",
  waiting: "text-wait",
  paused: "text-pause",
  cancelled: "text-pause",
  skipped: "text-idle",
};

/** The word for a status: a lamp never stands without it. */
export function statusWord(status: LampStatus): string {
  switch (status) {
    case "idle":
      return t`Idle`;
    case "queued":
      return t`Up next`;
    case "running":
      return t`Running`;
    case "succeeded":
      return t`Succeeded`;
    case "failed":
      return t`Failed`;
    case "waiting":
      return t`Waiting for you`;
    case "paused":
      return t`Paused`;
    case "cancelled":
      return t`Stopped`;
    case "skipped":
      return t`Not taken`;
  }
}

/** A status by shape as well as by colour. It does not move: many of them are on a canvas. */
export function Lamp({ status, size = 16, named = false }: { status: LampStatus; size?: number; named?: boolean }) {
  const label = named ? { role: "img", "aria-label": statusWord(status) } : { "aria-hidden": true };
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} className={`shrink-0 ${COLOURS[status]}`} {...label}>
      {SHAPES[status]}
    </svg>
  );
}

const line = { fill: "none", stroke: "currentColor", strokeWidth: 2 } as const;
const mark = { fill: "none", stroke: "var(--panel)", strokeWidth: 1.8, strokeLinecap: "round" } as const;

const SHAPES: Record<LampStatus, ReactNode> = {
  idle: <circle cx="8" cy="8" r="5.5" {...line} />,
  queued: <circle cx="8" cy="8" r="5.5" {...line} strokeDasharray="2.4 2" />,
  running: (
    <>
      <circle cx="8" cy="8" r="5.5" {...line} opacity={0.28} />
      <path d="M8 2.5A5.5 5.5 0 0 1 13.5 8" {...line} strokeWidth={2.6} />
    </>
  ),
  succeeded: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="m5 8.2 2.2 2.2L11.2 6" {...mark} />
    </>
  ),
  failed: (
    <>
      <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor" />
      <path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" {...mark} />
    </>
  ),
  waiting: (
    <>
      <path d="M8 0.5 15.5 8 8 15.5.5 8z" fill="currentColor" />
      <path d="M8 4.8V8.2l2.2 1.4" {...mark} />
    </>
  ),
  paused: (
    <>
      <rect x="1.5" y="1.5" width="13" height="13" rx="1.5" fill="currentColor" />
      <path d="M6 5v6M10 5v6" {...mark} />
    </>
  ),
  cancelled: (
    <>
      <rect x="1.5" y="1.5" width="13" height="13" rx="1.5" {...line} />
      <path d="M5 8h6" {...line} />
    </>
  ),
  skipped: (
    <>
      <circle cx="8" cy="8" r="5.5" {...line} strokeWidth={1.6} strokeDasharray="2 1.8" />
      <path d="M3.5 12.5 12.5 3.5" {...line} strokeWidth={1.6} />
    </>
  ),
};
