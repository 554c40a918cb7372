/** From the document to what the canvas draws. What has not changed keeps its object, so that only the rest is drawn anew. */
import { type Edge, type Node, Position } from "@xyflow/react";
import {
  type Document,
  type DocumentEdge,
  type DocumentNode,
  placeOf,
  type Point,
  portOf,
} from "~/core/document/document";
import { canvasId, type Note, NOTE_SIZE, notesOf } from "~/core/document/notes";
import { outletY, PORT_Y, type Size, type Specs } from "~/core/layout/sizes";
import { isContainer, outletsOf } from "~/core/nodes/kinds";

export type CanvasNode = Node<{ type: string }>;
export type CanvasEdge = Edge<{ lane: number }>;

const PORT = 12;

interface Made {
  from: DocumentNode;
  size: Size;
  place: Point;
  selected: boolean;
  node: CanvasNode;
}

interface MadeEdge {
  from: DocumentEdge;
  lane: number;
  selected: boolean;
  edge: CanvasEdge;
}

export class Converter {
  #made = new Map<string, Made>();
  #edges = new Map<string, MadeEdge>();

  /** Parents come before what is inside them, as the canvas wants it. `dragged` are places that are not yet decided. */
  nodes(
    document: Document,
    sizes: ReadonlyMap<string, Size>,
    specs: Specs,
    selected: ReadonlySet<string>,
    dragged: ReadonlyMap<string, Point>,
  ): CanvasNode[] {
    const made = new Map<string, Made>();
    const known = new Set(document.nodes.map((node) => node.id));
    for (const from of document.nodes) {
      const old = this.#made.get(from.id);
      const size = sizes.get(from.id) ?? { width: 216, height: 58 };
      const place = dragged.get(from.id) ?? placeOf(from);
      const isSelected = selected.has(from.id);
      const same =
        old?.from === from &&
        old.size.width === size.width &&
        old.size.height === size.height &&
        old.place.x === place.x &&
        old.place.y === place.y &&
        old.selected === isSelected;
      const node = same ? old.node : nodeOf(from, size, place, isSelected, specs, known);
      made.set(from.id, { from, size, place, selected: isSelected, node });
    }
    this.#made = made;
    const notes = notesOf(document).map((note) => this.#note(note, selected, dragged));
    return [...notes, ...parentsFirst([...made.values()])];
  }

  #notes = new Map<string, { from: Note; place: Point; selected: boolean; node: CanvasNode }>();

  #note(from: Note, selection: ReadonlySet<string>, dragged: ReadonlyMap<string, Point>): CanvasNode {
    const id = canvasId(from.id);
    const place = dragged.get(id) ?? { x: from.x, y: from.y };
    const selected = selection.has(id);
    const old = this.#notes.get(id);
    if (old && old.from === from && old.place.x === place.x && old.place.y === place.y && old.selected === selected) {
      return old.node;
    }
    const node: CanvasNode = {
      id,
      type: "note",
      position: place,
      data: { type: "note" },
      ...NOTE_SIZE,
      measured: NOTE_SIZE,
      selected,
      connectable: false,
      zIndex: 0,
    };
    this.#notes.set(id, { from, place, selected, node });
    return node;
  }

  edges(document: Document, selected: ReadonlySet<string>): CanvasEdge[] {
    const made = new Map<string, MadeEdge>();
    const ids = new Set(document.nodes.map((node) => node.id));
    const lanes = new Map<string, number>();
    for (const from of document.edges) {
      if (!ids.has(from.source) || !ids.has(from.target)) continue;
      const lane = lanes.get(from.source) ?? 0;
      lanes.set(from.source, lane + 1);
      const old = this.#edges.get(from.id);
      const isSelected = selected.has(from.id);
      const same = old?.from === from && old.lane === lane && old.selected === isSelected;
      made.set(from.id, { from, lane, selected: isSelected, edge: same ? old.edge : edgeOf(from, lane, isSelected) });
    }
    this.#edges = made;
    return [...made.values()].map(({ edge }) => edge);
  }
}

function nodeOf(
  node: DocumentNode,
  size: Size,
  position: Point,
  selected: boolean,
  specs: Specs,
  known: ReadonlySet<string>,
): CanvasNode {
  const outlets = outletsOf(node, specs.get(node.type));
  const parent = node.parent && known.has(node.parent) && node.parent !== node.id ? node.parent : undefined;
  const handle = (id: string, x: number, y: number, source: boolean) => ({
    id,
    type: source ? ("source" as const) : ("target" as const),
    position: source ? Position.Right : Position.Left,
    x: x - PORT / 2,
    y: y - PORT / 2,
    width: PORT,
    height: PORT,
  });
  return {
    id: node.id,
    type: isContainer(node.type) ? "container" : "node",
    position,
    data: { type: node.type },
    ...size,
    measured: size,
    // Ports are known without measuring: a thousand nodes then appear at once.
    handles: [
      ...(node.type === "start" ? [] : [handle("in", 0, PORT_Y, false)]),
      ...(node.type === "end"
        ? []
        : outlets.map(({ name }, index) =>
            handle(name, size.width, isContainer(node.type) ? 16 : outletY(node, index, outlets.length > 1), true),
          )),
    ].map((one) => (isContainer(node.type) ? { ...one, y: 16 - PORT / 2 } : one)),
    selected,
    ...(parent ? { parentId: parent } : {}),
    zIndex: isContainer(node.type) ? 0 : 2,
  };
}

function edgeOf(edge: DocumentEdge, lane: number, selected: boolean): CanvasEdge {
  return {
    id: edge.id,
    type: "track",
    source: edge.source,
    target: edge.target,
    sourceHandle: portOf(edge),
    targetHandle: "in",
    data: { lane },
    selected,
    zIndex: 1,
  };
}

function parentsFirst(made: Made[]): CanvasNode[] {
  const byId = new Map(made.map((one) => [one.node.id, one.node]));
  const ordered = new Set<CanvasNode>();
  const add = (node: CanvasNode, above: ReadonlySet<string>): void => {
    const parent = node.parentId ? byId.get(node.parentId) : undefined;
    if (parent && !above.has(parent.id)) add(parent, new Set([...above, node.id]));
    ordered.add(node);
  };
  for (const { node } of made) add(node, new Set());
  return [...ordered];
}
