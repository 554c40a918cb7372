import { t } from "@lingui/core/macro";
import { CloudAlert, CloudCheck, CloudUpload, Ellipsis, Play, Upload } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { useStore } from "zustand";
import { commands } from "~/core/commands/registry";
import { ago } from "~/core/words";
import { TopBar } from "~/shell/TopBar";
import { Button } from "~/ui/Button";
import { Keys } from "~/ui/Keys";
import { Menu } from "~/ui/Menu";
import { useDocument, useProblems, useSession, useShownRun } from "./session/hooks";

const RunActions = lazy(async () => ({ default: (await import("./run/RunActions")).RunActions }));
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
      actions={<Suspense>{shown ? <RunActions /> : <BuildActions />}</Suspense>}
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

function useEveryMinute(): void {
  const [, set] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => set((count) => count + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
}
