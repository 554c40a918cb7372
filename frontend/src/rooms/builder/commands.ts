/** The commands of the room: tool bar, menus, shortcuts and the palette read this list. */
import { t } from "@lingui/core/macro";
import type { ControlInput } from "~/api/types";
import type { Command } from "~/core/commands/registry";
import {
  align,
  copySelected,
  duplicateSelected,
  exportFile,
  importFile,
  nudge,
  removeSelected,
  selectDownstream,
  selectedIds,
  sendCommand,
  tidyUp,
  toggleDisabled,
  walk,
} from "./actions";
import { openInside, workflowNode } from "./inside";
import { addNote } from "~/core/document/notes";
import { cameraOf } from "./canvas/camera";
import { wrapNodes } from "./canvas/connecting";
import { outletsOf } from "~/core/nodes/kinds";
import { freeSpot } from "./canvas/spot";
import type { Session } from "./session/session";

const STEPS = [
  { mode: "over", label: () => t`Step over the next node`, keys: "f10" },
  { mode: "into", label: () => t`Step into the next node`, keys: "f11" },
  { mode: "out", label: () => t`Step out of this container`, keys: "shift+f11" },
  { mode: "call", label: () => t`Step to the next call`, keys: "alt+f11" },
] as const;

export function builderCommands(session: Session): Command[] {
  const { view, documents, run, autosave } = session;
  const camera = cameraOf(session);
  const running = () => run.store.getState().shown !== null;
  const editing = () => !running();
  const chosen = () => editing() && selectedIds(session).size > 0;
  const going = () => running() && run.store.getState().shown?.live.head.endedAt === null;
  const paused = () => going() && run.store.getState().shown?.live.head.status === "paused";
  const wrap = (type: "loop" | "map" | "parallel", label: () => string): Command => ({
    id: `canvas.wrap.${type}`,
    label,
    group: "canvas",
    enabled: chosen,
    run: () => wrapNodes(session, selectedIds(session), type),
  });
  const move = (key: string, x: number, y: number, direction: "left" | "right" | "up" | "down"): Command[] => [
    {
      id: `walk.${direction}`,
      label: () => WALKS[direction](),
      group: "canvas",
      keys: [key],
      run: () => walk(session, direction),
    },
    {
      id: `nudge.${direction}`,
      label: () => NUDGES[direction](),
      group: "canvas",
      keys: [`alt+${key}`],
      enabled: chosen,
      run: () => nudge(session, { x, y }),
    },
  ];
  return [
    {
      id: "run.start",
      label: () => t`Run`,
      group: "run",
      keys: ["mod+enter"],
      run: () => view.setState({ asking: true }),
    },
    {
      id: "run.test",
      label: () => t`Test this node`,
      group: "run",
      keys: ["alt+enter"],
      enabled: () => selectedIds(session).size === 1,
      run: () => void import("./panel/trials").then(({ testSelected }) => testSelected(session)),
    },
    {
      id: "run.pause",
      label: () => t`Pause the run`,
      group: "run",
      enabled: going,
      run: () => void sendCommand(session, { type: "pause" }),
    },
    {
      id: "run.resume",
      label: () => t`Go on with the run`,
      group: "run",
      keys: ["f8"],
      enabled: going,
      run: () => void sendCommand(session, { type: "resume" } as never),
    },
    ...STEPS.map(({ mode, label, keys }): Command => ({
      id: `run.step.${mode}`,
      label,
      group: "run",
      keys: [keys],
      enabled: paused,
      run: () => void sendCommand(session, { type: "step", mode } as ControlInput),
    })),
    {
      id: "run.debug",
      label: () => t`Debug`,
      group: "run",
      run: () => view.setState({ dock: "debug" }),
    },
    {
      id: "run.break",
      label: () => t`Breakpoint`,
      group: "run",
      keys: ["f9"],
      enabled: () => selectedIds(session).size > 0,
      run: () => {
        for (const id of selectedIds(session)) session.debugging.toggle(id);
      },
    },
    {
      id: "run.stop",
      label: () => t`Stop the run`,
      group: "run",
      keys: ["mod+."],
      enabled: going,
      run: () => void sendCommand(session, { type: "cancel" }),
    },
    {
      id: "run.leave",
      label: () => t`Back to editing`,
      group: "run",
      enabled: running,
      run: () => {
        run.leave();
        view.setState({ dock: null, only: null });
      },
    },
    {
      id: "canvas.add",
      label: () => t`Add a node`,
      group: "canvas",
      keys: ["/"],
      enabled: editing,
      run: () => {
        const [only, ...more] = selectedIds(session);
        const from =
          only && more.length === 0 && documents.get().nodes.find((node) => node.id === only)?.type !== "end";
        const screen = { x: innerWidth / 2 - 150, y: innerHeight / 3 };
        if (from) {
          // Behind what is selected, and connected to it.
          const spot = freeSpot(session, camera.middle());
          view.setState({
            adding: { at: { x: spot.x, y: spot.y + 26 }, screen, from: { node: only, port: portFor(session, only) } },
          });
        } else view.setState({ adding: { at: freeSpot(session, camera.middle()), screen, from: null } });
      },
    },
    {
      id: "edit.undo",
      label: () => t`Undo`,
      group: "edit",
      keys: ["mod+z"],
      enabled: () => editing() && documents.canUndo(),
      run: () => documents.undo(),
    },
    {
      id: "edit.redo",
      label: () => t`Redo`,
      group: "edit",
      keys: ["mod+shift+z", "mod+y"],
      enabled: () => editing() && documents.canRedo(),
      run: () => documents.redo(),
    },
    { id: "edit.copy", label: () => t`Copy`, group: "edit", enabled: chosen, run: () => void copySelected(session) },
    {
      id: "edit.duplicate",
      label: () => t`Duplicate`,
      group: "edit",
      keys: ["mod+d"],
      enabled: chosen,
      run: () => duplicateSelected(session),
    },
    {
      id: "edit.delete",
      label: () => t`Delete`,
      group: "edit",
      keys: ["delete", "backspace"],
      enabled: () => editing() && (selectedIds(session).size > 0 || view.getState().selectedEdges.size > 0),
      run: () => removeSelected(session),
    },
    {
      id: "edit.all",
      label: () => t`Select all`,
      group: "edit",
      keys: ["mod+a"],
      run: () => view.select(...documents.get().nodes.map((node) => node.id)),
    },
    {
      id: "edit.downstream",
      label: () => t`Select downstream`,
      group: "edit",
      keys: ["alt+shift+arrowright"],
      enabled: chosen,
      run: () => selectDownstream(session),
    },
    {
      id: "edit.disable",
      label: () => t`Switch on or off`,
      group: "edit",
      keys: ["d"],
      enabled: chosen,
      run: () => toggleDisabled(session),
    },
    { id: "edit.rename", label: () => t`Rename`, group: "edit", keys: ["f2"], enabled: chosen, run: () => focusName() },
    { id: "edit.save", label: () => t`Save now`, group: "edit", keys: ["mod+s"], run: () => void autosave.flush() },
    {
      id: "edit.escape",
      label: () => t`Select nothing`,
      group: "edit",
      keys: ["escape"],
      run: () => {
        view.select();
        view.setState({ adding: null });
      },
    },
    {
      id: "canvas.open",
      label: () => t`Open the workflow inside`,
      group: "canvas",
      keys: ["o"],
      also: t`sub-workflow step into`,
      enabled: () => workflowNode(session) !== undefined,
      run: () => openInside(session),
    },
    {
      id: "canvas.extract",
      label: () => t`Extract to a sub-workflow`,
      group: "canvas",
      keys: ["mod+e"],
      also: t`workflow of its own`,
      enabled: chosen,
      run: () => void import("./extracting").then(({ extractSelected }) => extractSelected(session)),
    },
    wrap("loop", () => t`Wrap in a loop`),
    wrap("map", () => t`Wrap in a map`),
    wrap("parallel", () => t`Wrap in a parallel group`),
    {
      id: "canvas.align.left",
      label: () => t`Align left`,
      group: "canvas",
      enabled: chosen,
      run: () => align(session, "left"),
    },
    {
      id: "canvas.align.top",
      label: () => t`Align top`,
      group: "canvas",
      enabled: chosen,
      run: () => align(session, "top"),
    },
    {
      id: "canvas.tidy",
      label: () => t`Tidy up`,
      group: "canvas",
      keys: ["shift+t"],
      enabled: editing,
      run: () => void tidyUp(session),
    },
    {
      id: "canvas.note",
      label: () => t`Add a note`,
      group: "canvas",
      keys: ["n"],
      enabled: editing,
      run: () => documents.edit(addNote(freeSpot(session, camera.middle()))),
    },
    { id: "canvas.fit", label: () => t`Show everything`, group: "view", keys: ["1"], run: () => camera.fit() },
    {
      id: "canvas.fit.selected",
      label: () => t`Show the selection`,
      group: "view",
      keys: ["2"],
      enabled: chosen,
      run: () => camera.fit(selectedIds(session)),
    },
    { id: "canvas.actual", label: () => t`Zoom to 100 %`, group: "view", keys: ["0"], run: () => camera.actual() },
    {
      id: "tool.select",
      label: () => t`Select`,
      group: "view",
      keys: ["v"],
      run: () => view.setState({ tool: "select" }),
    },
    {
      id: "tool.hand",
      label: () => t`Move the canvas`,
      group: "view",
      keys: ["h"],
      run: () => view.setState({ tool: "hand" }),
    },
    {
      id: "view.list",
      label: () => t`List view`,
      group: "view",
      keys: ["l"],
      run: () => view.setState({ list: !view.getState().list }),
    },
    {
      id: "view.palette",
      label: () => t`Fold the palette`,
      group: "view",
      keys: ["["],
      run: () => view.setState({ palette: !view.getState().palette }),
    },
    {
      id: "view.panel",
      label: () => t`Fold the properties`,
      group: "view",
      keys: ["]"],
      run: () => view.setState({ panel: !view.getState().panel }),
    },
    {
      id: "view.dock",
      label: () => t`Open or close the dock`,
      group: "view",
      keys: ["`"],
      run: () => view.setState({ dock: view.getState().dock ? null : running() ? "timeline" : "problems" }),
    },
    { id: "workflow.export", label: () => t`Export as a file`, group: "edit", run: () => exportFile(session) },
    {
      id: "workflow.import",
      label: () => t`Add from a file`,
      group: "edit",
      enabled: editing,
      run: () => importFile(session),
    },
    {
      id: "workflow.publish",
      label: () => t`Publish a version`,
      group: "edit",
      enabled: editing,
      run: () => void autosave.publish(),
    },
    ...move("arrowleft", -24, 0, "left"),
    ...move("arrowright", 24, 0, "right"),
    ...move("arrowup", 0, -24, "up"),
    ...move("arrowdown", 0, 24, "down"),
  ];
}

const WALKS = {
  left: () => t`Go to the node before`,
  right: () => t`Go to the node behind`,
  up: () => t`Go to the node above`,
  down: () => t`Go to the node below`,
};
const NUDGES = {
  left: () => t`Move left`,
  right: () => t`Move right`,
  up: () => t`Move up`,
  down: () => t`Move down`,
};

function focusName(): void {
  const field = document.getElementById("node-name");
  if (field instanceof HTMLInputElement) {
    field.focus();
    field.select();
  }
}

function portFor(session: Session, id: string): string {
  const document = session.documents.get();
  const node = document.nodes.find((one) => one.id === id);
  if (!node) return "out";
  const used = new Set(document.edges.filter((edge) => edge.source === id).map((edge) => edge.condition ?? "out"));
  const ports = outletsOf(node, session.catalogue.types.get(node.type)).map((port) => port.name);
  return ports.find((port) => !used.has(port)) ?? ports[0] ?? "out";
}
