import { t } from "@lingui/core/macro";
import { Pause, PencilRuler, Play, Square } from "lucide-react";
import { useEffect, useState } from "react";
import { commands } from "~/core/commands/registry";
import { lampOf } from "~/core/run/lamps";
import { duration } from "~/core/words";
import { Button } from "~/ui/Button";
import { Lamp, type LampStatus, statusWord } from "~/ui/Lamp";
import { spentInWords } from "../dock/Strip";
import { useRunHead, useShownRun } from "../session/hooks";
import { Paused } from "./Paused";

/** How the run is, and what can be asked of it. */
export function RunActions() {
  const head = useRunHead();
  const shown = useShownRun();
  const now = useSeconds(head?.endedAt === null);
  if (!head || !shown) return null;
  const lost = shown.connection === "lost";
  const status: LampStatus = head.status === "pending" ? "queued" : lampOf(head.status);
  const took = head.startedAt ? duration((head.endedAt ?? now) - head.startedAt) : "";
  const spent = spentInWords(head.tokens, head.cost);
  return (
    <>
      {lost ? (
        <span role="status" className="rounded-chip bg-wait-bg px-2 py-1 text-xs font-semibold text-wait">
          {t`Connection lost, last seen ${duration(now - (shown.lostAt ?? now))} ago. Reconnecting.`}
        </span>
      ) : null}
      {shown.connection === "missing" ? (
        <span role="status" className="text-xs font-semibold text-fail">{t`There is no such run.`}</span>
      ) : (
        <span
          role="status"
          aria-label={t`The run: ${statusWord(status)}`}
          className={`flex items-center gap-1.5 rounded-chip py-1 ps-1.5 pe-2 text-xs font-semibold whitespace-nowrap ${PILLS[status] ?? ""}`}
        >
          <Lamp status={lost ? "idle" : status} />
          {statusWord(status)} {took ? `· ${took}` : ""}
        </span>
      )}
      {spent ? <span className="font-mono text-xs whitespace-nowrap text-ink-3 max-md:hidden">{spent}</span> : null}
      {head.endedAt === null && shown.connection !== "missing" ? (
        <>
          {head.pause ? (
            <Paused pause={head.pause} />
          ) : (
            <Button onClick={() => commands.run("run.pause")}>
              <Pause aria-hidden />
              <span className="max-sm:sr-only">{t`Pause`}</span>
            </Button>
          )}
          <Button look="danger" onClick={() => commands.run("run.stop")}>
            <Square aria-hidden />
            <span className="max-sm:sr-only">{t`Stop`}</span>
          </Button>
        </>
      ) : (
        <>
          <Button onClick={() => commands.run("run.leave")}>
            <PencilRuler aria-hidden />
            <span className="max-sm:sr-only">{t`Back to editing`}</span>
          </Button>
          {shown.within ? null : (
            <Button look="main" onClick={() => commands.run("run.start")}>
              <Play aria-hidden fill="currentColor" />
              <span className="max-sm:sr-only">{t`Run again`}</span>
            </Button>
          )}
        </>
      )}
    </>
  );
}

const PILLS: Partial<Record<LampStatus, string>> = {
  running: "bg-run-bg text-run",
  succeeded: "bg-ok-bg text-ok",
  failed: "bg-fail-bg text-fail",
  waiting: "bg-wait-bg text-wait",
  paused: "bg-pause-bg text-pause",
  cancelled: "bg-pause-bg text-pause",
  queued: "bg-idle-bg text-idle",
};

function useSeconds(moving: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!moving) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 200);
    return () => clearInterval(timer);
  }, [moving]);
  return now;
}
