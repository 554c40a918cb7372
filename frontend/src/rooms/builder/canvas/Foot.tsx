import { t } from "@lingui/core/macro";
import { useEffect, useState } from "react";
import type { Activation } from "~/core/run/activation";
import type { Lit } from "~/core/run/lamps";
import { count, dollars, duration } from "~/core/words";
import { statusWord } from "~/ui/Lamp";

const LOOKS: Partial<Record<Lit, string>> = {
  running: "bg-run-bg text-run",
  succeeded: "bg-ok-bg text-ok",
  waiting: "bg-wait-bg text-wait",
  failed: "bg-fail-bg text-fail",
  paused: "bg-pause-bg text-pause",
};

/** Time, tokens, cost: the line under a node in a run. */
export function Foot({ activation, lit }: { activation: Activation | undefined; lit: Lit }) {
  const now = useNow(lit === "running" || lit === "waiting");
  const since = activation?.startedAt;
  const time = since ? duration((activation.endedAt ?? now) - since) : "";
  return (
    <div
      className={`absolute inset-x-0 bottom-0 flex h-[26px] items-center justify-between gap-2 rounded-b-[3px] border-t border-line px-[9px] font-mono text-[11.5px] text-ink-3 ${LOOKS[lit] ?? ""}`}
    >
      <span>{lit === "skipped" || lit === "idle" || lit === "queued" ? statusWord(lit).toLowerCase() : time}</span>
      <span className="truncate">{activation ? spent(activation, now) : ""}</span>
    </div>
  );
}

function spent({ usage, steps, attempt, status, written, firstPieceAt }: Activation, now: number): string {
  const parts: string[] = [];
  if (attempt > 1) parts.push(t`attempt ${attempt}`);
  if (status === "running" && firstPieceAt && written > 40) {
    const rate = Math.round((written * 1_000) / Math.max(1, now - firstPieceAt));
    parts.push(t`${rate} letters/s`);
  }
  const tokens = usage ? usage.input_tokens + usage.output_tokens : 0;
  if (tokens > 0) parts.push(t`${count(tokens)} tok`);
  if (usage?.cost_usd) parts.push(dollars(usage.cost_usd));
  const tools = steps.filter((step) => step.kind === "tool").length;
  if (parts.length === 0 && tools > 0) parts.push(tools === 1 ? t`1 tool call` : t`${tools} tool calls`);
  return parts.join(" · ");
}

/** The time, four times a second while it matters. */
function useNow(moving: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!moving) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [moving]);
  return now;
}
