import { t } from "@lingui/core/macro";
import { useReactFlow, useStore } from "@xyflow/react";
import {
  Hand,
  List,
  Maximize,
  Minus,
  MousePointer2,
  StickyNote,
  Plus,
  Redo2,
  Undo2,
  WandSparkles,
  LocateFixed,
} from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { useStore as useZustand } from "zustand";
import { commands } from "~/core/commands/registry";
import { useCommandList } from "~/shell/useCommands";
import { Button, IconButton } from "~/ui/Button";
import { useSession, useShownRun, useView } from "../session/hooks";
import { cameraOf } from "./camera";

const SEPARATOR = <span className="mx-[3px] h-5 w-px bg-line" aria-hidden />;

/** What can be done with the drawing. Each button is a command. */
export function Toolbar() {
  const flow = useReactFlow();
  const session = useSession();
  const { documents } = session;
  const zoom = useStore((state) => state.transform[2]);
  const tool = useView((state) => state.tool);
  const follow = useView((state) => state.follow);
  const running = useShownRun() !== null;
  // The map stands in the corner while the dock is closed.
  const docked = useView((state) => state.dock !== null);
  useZustand(documents.store, (state) => state.document); // undo and redo may have become possible
  useEffect(() => cameraOf(session).attach(flow), [session, flow]);
  const zoomBy = (factor: number) =>
    void flow.zoomTo(Math.min(2, Math.max(0.05, flow.getZoom() * factor)), { duration: 120 });
  return (
    <div
      role="toolbar"
      aria-label={t`Canvas tools`}
      className={`nopan absolute bottom-3.5 z-10 flex items-center gap-0.5 rounded-panel border border-line-2 bg-panel p-[3px] shadow-node ${running ? (docked ? "end-3.5" : "end-[204px] max-md:end-3.5") : "start-3.5"}`}
    >
      {running ? (
        <Button look="ghost" aria-pressed={follow} onClick={() => session.view.setState({ follow: !follow })}>
          <LocateFixed aria-hidden />
          {t`Follow`}
        </Button>
      ) : (
        <>
          <Do id="tool.select" pressed={tool === "select"} icon={<MousePointer2 />} />
          <Do id="tool.hand" pressed={tool === "hand"} icon={<Hand />} />
          <Do id="canvas.note" icon={<StickyNote />} />
          <Do id="view.list" icon={<List />} />
          {SEPARATOR}
          <Do id="edit.undo" icon={<Undo2 />} disabled={!documents.canUndo()} />
          <Do id="edit.redo" icon={<Redo2 />} disabled={!documents.canRedo()} />
          {SEPARATOR}
          <Button look="ghost" onClick={() => commands.run("canvas.tidy")} className="max-lg:hidden">
            <WandSparkles aria-hidden />
            {t`Tidy up`}
          </Button>
        </>
      )}
      {SEPARATOR}
      <IconButton label={t`Zoom out`} onClick={() => zoomBy(1 / 1.25)}>
        <Minus />
      </IconButton>
      <button
        type="button"
        aria-label={t`Zoom: ${Math.round(zoom * 100)} %. Set to 100 %`}
        className="w-12 text-center font-semibold"
        onClick={() => commands.run("canvas.actual")}
      >
        {Math.round(zoom * 100)}%
      </button>
      <IconButton label={t`Zoom in`} onClick={() => zoomBy(1.25)}>
        <Plus />
      </IconButton>
      <Do id="canvas.fit" icon={<Maximize />} />
    </div>
  );
}

function Do({ id, icon, pressed, disabled }: { id: string; icon: ReactNode; pressed?: boolean; disabled?: boolean }) {
  const command = useCommandList().findLast((one) => one.id === id);
  // The commands come a moment after the canvas; their places are kept.
  if (!command) return <span className="size-8" />;
  return (
    <IconButton
      label={command.label()}
      keys={command.keys?.[0]}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={() => commands.run(id)}
    >
      {icon}
    </IconButton>
  );
}
