import "@xyflow/react/dist/base.css";
import "./canvas.css";
import { t } from "@lingui/core/macro";
import {
  type Connection,
  type Edge,
  type EdgeChange,
  type FinalConnectionState,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
} from "@xyflow/react";
import { type DragEvent, lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { commands } from "~/core/commands/registry";
import { nodeOf, placeOf, type Point, titleOf } from "~/core/document/document";
import { moveNodes, putInto } from "~/core/document/edit";
import { moveNotes, noteId } from "~/core/document/notes";
import { GRID, sizesOf } from "~/core/layout/sizes";
import { toast } from "~/ui/Toasts";
import { useDocument, useSession, useShownRun, useView } from "../session/hooks";
import { addAt, containerAt, DRAGGED, readDragged } from "./adding";
import { refusalOf, tryConnect } from "./connecting";
import { ConnectionTrack } from "./ConnectionTrack";
import { ContainerCard } from "./ContainerCard";
import { Converter } from "./convert";
import { Follow } from "./Follow";
import { NodeCard } from "./NodeCard";
import { NoteCard } from "./NoteCard";
import { openAt } from "./opening";
import { Track } from "./Track";

const loadQuickAdd = () => import("./QuickAdd");
const Minimap = lazy(async () => ({ default: (await import("./Minimap")).Minimap }));
const Overview = lazy(async () => ({ default: (await import("./Overview")).Overview }));
const Toolbar = lazy(async () => ({ default: (await import("./Toolbar")).Toolbar }));
const QuickAdd = lazy(async () => ({ default: (await loadQuickAdd()).QuickAdd }));

// At the level of the module: the canvas draws everything anew when these change.
const NODE_TYPES = { node: NodeCard, container: ContainerCard, note: NoteCard };
const EDGE_TYPES = { track: Track };
const SNAP: [number, number] = [GRID / 2, GRID / 2];
const MANY = 150; // nodes, from which only those in view are mounted
const HIDDEN = { hideAttribution: true };
const NOTHING: ReadonlyMap<string, Point> = new Map();

export function Canvas() {
  return (
    <ReactFlowProvider>
      <Board />
    </ReactFlowProvider>
  );
}

function Board() {
  const session = useSession();
  const { documents, catalogue, view } = session;
  const document = useDocument((one) => one);
  const selected = useView((state) => state.selected);
  const selectedEdges = useView((state) => state.selectedEdges);
  const tool = useView((state) => state.tool);
  const adding = useView((state) => state.adding !== null);
  const running = useShownRun() !== null;
  const flow = useReactFlow();
  const [dragged, setDragged] = useState<ReadonlyMap<string, Point>>(NOTHING);
  const [converter] = useState(() => new Converter());
  const connected = useRef(false);

  const sizes = useMemo(() => sizesOf(document, catalogue.types, running), [document, catalogue, running]);
  const nodes = converter.nodes(document, sizes, catalogue.types, selected, dragged);
  const edges = converter.edges(document, selectedEdges);

  const onNodesChange = useCallback(
    (changes: NodeChange[]) => {
      const moved = changes.flatMap((change) =>
        change.type === "position" && change.position ? [[change.id, change.position] as const] : [],
      );
      if (moved.length > 0) setDragged((before) => new Map([...before, ...moved]));
      const chosen = withSelected(view.getState().selected, changes);
      if (chosen) view.setState({ selected: chosen, focusField: null });
    },
    [view],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange[]) => {
      const chosen = withSelected(view.getState().selectedEdges, changes);
      if (chosen) view.setState({ selectedEdges: chosen });
    },
    [view],
  );
  const onDragStop = () => {
    const places = new Map([...dragged].map(([id, { x, y }]) => [id, { x: Math.round(x), y: Math.round(y) }]));
    setDragged(NOTHING);
    const still = [...places].every(([id, place]) => !noteId(id) && samePlace(place, nodeOf(documents.get(), id)));
    if (still) return;
    if (places.size === 1 && movedInto(session, [...places][0])) return;
    documents.edit((draft) => {
      moveNodes(places)(draft);
      const notes = [...places].flatMap(([id, place]) => [[noteId(id), place] as const]);
      if (notes.some(([id]) => id)) moveNotes(new Map(notes.map(([id, place]) => [id ?? "", place])))(draft);
    });
  };
  const onConnect = (connection: Connection) => {
    connected.current = true;
    void tryConnect(session, connection.source, connection.target, connection.sourceHandle ?? "out");
  };
  const isValidConnection = (one: Edge | Connection) => refusalOf(documents.get(), one.source, one.target) === null;
  const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    if (connected.current || !state.fromNode) {
      connected.current = false;
      return;
    }
    const screen = pointOf(event);
    const hit = globalThis.document.elementFromPoint(screen.x, screen.y)?.closest(".react-flow__node");
    const target = hit?.getAttribute("data-id");
    const source = state.fromNode.id;
    const port = state.fromHandle?.type === "source" ? (state.fromHandle.id ?? "out") : null;
    if (target && target !== source && !hit?.classList.contains("react-flow__node-container")) {
      const [from, to] = port ? [source, target] : [target, source];
      const reason = refusalOf(documents.get(), from, to);
      if (reason) toast(reason, { tone: "error" });
      else void tryConnect(session, from, to, port ?? "out");
      return;
    }
    if (target === source || !port) return;
    view.setState({ adding: { at: flow.screenToFlowPosition(screen), screen, from: { node: source, port } } });
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    const wanted = readDragged(event.dataTransfer.getData(DRAGGED));
    if (!wanted) return;
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    addAt(session, wanted, { x: at.x - 40, y: at.y - 26 });
  };
  return (
    <div
      className="relative h-full min-h-0 min-w-0"
      data-zoom-level=""
      onDrop={onDrop}
      onDragOver={(event) => {
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
      }}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        connectionLineComponent={ConnectionTrack}
        onNodesChange={onNodesChange}
        onNodeDragStop={onDragStop}
        onSelectionDragStop={onDragStop}
        onEdgesChange={onEdgesChange}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        isValidConnection={isValidConnection}
        onMoveStart={(event: MouseEvent | TouchEvent | null) => {
          // Whoever pans wants to look elsewhere than at what works now.
          if (event) view.setState({ follow: false });
        }}
        onDoubleClick={(event) => {
          const { target } = event;
          if (!(target instanceof Element) || !target.classList.contains("react-flow__pane")) return;
          const screen = { x: event.clientX, y: event.clientY };
          view.setState({ adding: { at: flow.screenToFlowPosition(screen), screen, from: null } });
        }}
        onNodeDoubleClick={(_, { id }) => {
          if (nodeOf(documents.get(), id)?.type === "workflow") commands.run("canvas.open");
        }}
        nodesDraggable={!running}
        nodesConnectable={!running}
        deleteKeyCode={null}
        selectionOnDrag={tool === "select"}
        panOnDrag={tool === "hand" ? true : [1, 2]}
        panActivationKeyCode="Space"
        selectionMode={SelectionMode.Partial}
        multiSelectionKeyCode={["Shift", "Meta", "Control"]}
        selectionKeyCode={null}
        panOnScroll
        zoomOnDoubleClick={false}
        connectOnClick={false}
        connectionRadius={28}
        snapToGrid
        snapGrid={SNAP}
        minZoom={0.05}
        maxZoom={2}
        onInit={(instance) => {
          openAt(instance, document, sizes);
          void loadQuickAdd();
        }}
        onlyRenderVisibleElements={nodes.length > MANY}
        elevateNodesOnSelect={false}
        elevateEdgesOnSelect={false}
        disableKeyboardA11y
        proOptions={HIDDEN}
        aria-label={t`Canvas`}
      >
        <Suspense>
          <Overview />
        </Suspense>
        <Follow />
        <Suspense>
          <Toolbar />
        </Suspense>
        <Suspense>
          <Minimap />
        </Suspense>
      </ReactFlow>
      <Suspense>{adding ? <QuickAdd /> : null}</Suspense>
    </div>
  );
}

/** A single node that was dropped on a container goes into it. */
function movedInto(session: ReturnType<typeof useSession>, moved: [string, Point] | undefined): boolean {
  if (!moved) return false;
  const [id, place] = moved;
  const { documents } = session;
  const node = nodeOf(documents.get(), id);
  if (!node || node.parent) return false;
  const middle = { x: place.x + 60, y: place.y + 26 };
  const { id: container, place: inside } = containerAt(session, middle, new Set([id]));
  if (!container) return false;
  documents.edit(putInto(id, container, { x: Math.max(12, inside.x - 60), y: Math.max(44, inside.y - 26) }));
  const name = titleOf(nodeOf(documents.get(), container) ?? { id: container });
  toast(t`${titleOf(node)} is now inside ${name}.`, { action: { label: t`Undo`, run: () => documents.undo() } });
  return true;
}

function pointOf(event: MouseEvent | TouchEvent): Point {
  const one = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: one?.clientX ?? 0, y: one?.clientY ?? 0 };
}

const samePlace = (place: Point, node: Parameters<typeof placeOf>[0] | undefined): boolean => {
  const old = node ? placeOf(node) : place;
  return Math.abs(old.x - place.x) < 1 && Math.abs(old.y - place.y) < 1;
};

/** The selection after changes of the canvas; null when they do not change it. */
function withSelected(before: ReadonlySet<string>, changes: readonly (NodeChange | EdgeChange)[]): Set<string> | null {
  const after = new Set(before);
  for (const change of changes) {
    if (change.type !== "select") continue;
    if (change.selected) after.add(change.id);
    else after.delete(change.id);
  }
  return after.size === before.size && [...after].every((id) => before.has(id)) ? null : after;
}
