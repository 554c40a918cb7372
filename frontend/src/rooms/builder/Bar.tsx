import { t } from "@lingui/core/macro";
import { CloudAlert, CloudCheck, CloudUpload, Ellipsis, Pause, PencilRuler, Play, Square, Upload } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { useStore } from "zustand";
import { commands } from "~/core/commands/registry";
import { lampOf } from "~/core/run/lamps";
import { ago, duration } from "~/core/words";
import { TopBar } from "~/shell/TopBar";
import { Button } from "~/ui/Button";
import { Keys } from "~/ui/Keys";
import { Lamp, type LampStatus, statusWord } from "~/ui/Lamp";
import { Menu } from "~/ui/Menu";
import { spentInWords } from "./dock/Strip";
import { useDocument, useProblems, useRunHead, useSession, useShownRun } from "./session/hooks";

const Paused = lazy(async () => ({ default: (await import("./run/Paused")).Paused }));
const Trail = lazy(async () => ({ default: (await import("./Trail")).Trail }));

/** The bar over the canvas: what this is, whether it is saved, and the way to run it. */
export function Bar() {
  const name = useDocument((document) => document.name);
  const { trail } = useSession();
  const shown = useShownRun();
  return (
    <TopBar
      title={name || t`Untitled`}
      parent={{ to: "/workflows", label: t`Workflows` }}
      trail={
        <Suspense>{trail.length > 0 ? <Trail trail={trail} run={shown?.within ? shown.id : null} /> : null}</Suspense>
      }
      heading={<Name />}
      notes={<Saved />}
      actions={shown ? <RunActions /> : <BuildActions />}
    />
  );
}

function Name() {
  const { documents } = useSession();
  const name = useDocument((document) => document.name);
  return (
    <h1 className="min-w-0 text-sm font-[650]">
      <input
        type="text"
        dir="auto"
        aria-label={t`Name of the workflow`}
        className="field-sizing-content max-w-[36ch] min-w-12 truncate rounded-chip bg-transparent px-1 hover:bg-panel-2"
        placeholder={t`Untitled`}
        value={name}
        onChange={(event) =>
          documents.edit((draft) => {
            draft.name = event.target.value;
          }, "workflow.name")
        }
      />
    </h1>
  );
}

function Saved() {
  const { autosave } = useSession();
  const { state, versionNumber, draft, at, reason } = useStore(autosave.info);
  useEveryMinute();
  const shown = {
    saved: { icon: <CloudCheck />, text: t`Saved ${ago(at)}` },
    unsaved: { icon: <CloudUpload />, text: t`Unsaved changes` },
    saving: { icon: <CloudUpload />, text: t`Saving` },
    away: { icon: <CloudAlert />, text: t`The server is away. Your edits are kept here.` },
    refused: { icon: <CloudAlert />, text: t`Not saved: ${reason}` },
  }[state];
  const bad = state === "away" || state === "refused";
  return (
    <>
      <span className="rounded-chip bg-panel-3 px-2 py-0.5 text-xs font-[550] whitespace-nowrap text-ink-2 max-md:hidden">
        {draft ? t`v${versionNumber} draft` : t`v${versionNumber}`}
      </span>
      <span
        role="status"
        className={`flex min-w-0 items-center gap-1 text-[11px] max-md:hidden [&_svg]:size-4 [&_svg]:shrink-0 ${bad ? "font-semibold text-fail" : "text-ink-3"}`}
      >
        {shown.icon}
        <span className="truncate">{shown.text}</span>
      </span>
    </>
  );
}

function BuildActions() {
  const { autosave, problems } = useSession();
  const errors = useProblems().list.filter((problem) => problem.severity === "error").length;
  useStore(problems.store);
  return (
    <>
      <Menu
        label={t`More`}
        trigger={
          <Button look="ghost" aria-label={t`More`} className="w-8 px-0!">
            <Ellipsis aria-hidden />
          </Button>
        }
        entries={[
          { label: t`Export as a file`, onSelect: () => void commands.run("workflow.export") },
          { label: t`Add from a file`, onSelect: () => void commands.run("workflow.import") },
          "line",
          { label: t`Tidy up`, keys: "shift+t", onSelect: () => void commands.run("canvas.tidy") },
          { label: t`List view`, keys: "l", onSelect: () => void commands.run("view.list") },
        ]}
      />
      <Button onClick={() => void autosave.publish()} className="max-md:hidden">
        <Upload aria-hidden />
        {t`Publish`}
      </Button>
      <Button
        look="main"
        aria-label={errors > 0 ? t`Run: first repair what is wrong` : t`Run`}
        onClick={() => commands.run("run.start")}
      >
        <Play aria-hidden fill="currentColor" />
        {t`Run`}
        <span className="ms-0.5 max-md:hidden">
          <Keys keys="mod+enter" bare />
        </span>
      </Button>
    </>
  );
}

function RunActions() {
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
            <Suspense>
              <Paused pause={head.pause} />
            </Suspense>
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

function useEveryMinute(): void {
  const [, set] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => set((count) => count + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
}
