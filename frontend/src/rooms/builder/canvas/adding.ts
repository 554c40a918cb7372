/** Making nodes: what a new one is like, where it goes, and what it is connected to. */
import { t } from "@lingui/core/macro";
import {
  configKey,
  type Document,
  type DocumentNode,
  isObject,
  nodeOf,
  placeOf,
  type Point,
} from "~/core/document/document";
import { addNode, connect, type Edit, freeId, insertInto, nodeIds } from "~/core/document/edit";
import { GRID, sizesOf } from "~/core/layout/sizes";
import { isContainer, outletsOf } from "~/core/nodes/kinds";
import type { Session } from "../session/session";

export interface Wanted {
  type: string;
  name?: string;
  config?: Record<string, unknown>;
}

/** What the examples of the catalogue would bring, a blank node shall not have: it asks to be filled in. */
export function newNode(session: Session, wanted: Wanted, at: Point, parent: string | null): DocumentNode {
  const document = session.documents.get();
  const type = session.catalogue.types.get(wanted.type);
  const name = wanted.name ?? freeName(document, type?.title ?? wanted.type);
  const config = wanted.config ?? beginnings(wanted.type);
  return {
    id: freeId(nodeIds(document), name),
    type: wanted.type,
    name,
    ...(config && { [configKey(wanted.type)]: config }),
    position: { x: snap(at.x), y: snap(at.y) },
    ...(parent && { parent }),
  };
}

/** Sensible beginnings, so that what was just added has nothing wrong with it. */
function beginnings(type: string): Record<string, unknown> | null {
  switch (type) {
    case "start":
      return { inputs: [{ name: "question", type: "text", description: "" }] };
    case "agent":
      return { system_prompt: t`Answer in one sentence.` };
    case "condition":
      return { condition_type: "not_empty", field: "output" };
    case "router":
      return { cases: [{ name: "long", when: "len(output) > 200" }] };
    case "loop":
      return { loop_type: "until", condition: "index >= 2", max_iterations: 4 };
    case "map":
      return { concurrency: 8 };
    case "human":
      return { question: t`Is this all right?`, choices: ["approve", "reject"] };
    case "delay":
      return { seconds: 1 };
    case "code":
      return { code: "result = inputs" };
    case "http":
      return { method: "GET", url: "https://example.org/" };
    case "tool":
      return { tool_name: "current_time" };
    default:
      return null;
  }
}

function freeName(document: Document, title: string): string {
  const taken = new Set(document.nodes.map((node) => node.name));
  let name = title;
  for (let number = 2; taken.has(name); number += 1) name = `${title} ${number}`;
  return name;
}

const snap = (value: number): number => Math.round(value / (GRID / 2)) * (GRID / 2);

/** The container under a point, and the point seen from its corner. */
export function containerAt(
  session: Session,
  at: Point,
  but: ReadonlySet<string> = new Set(),
): { id: string | null; place: Point } {
  const document = session.documents.get();
  const sizes = sizesOf(document, session.catalogue.types, false);
  let found: { id: string | null; place: Point } = { id: null, place: at };
  for (let depth = 0; depth < 32; depth += 1) {
    const { id, place } = found;
    const inner = document.nodes.find((node) => {
      if (!isContainer(node.type) || (node.parent ?? null) !== id || but.has(node.id)) return false;
      const { x, y } = placeOf(node);
      const { width, height } = sizes.get(node.id) ?? { width: 0, height: 0 };
      return place.x >= x && place.x <= x + width && place.y >= y && place.y <= y + height;
    });
    if (!inner) return found;
    const corner = placeOf(inner);
    found = { id: inner.id, place: { x: place.x - corner.x, y: place.y - corner.y } };
  }
  return found;
}

/** Add a node at a place on the canvas. */
export function addAt(session: Session, wanted: Wanted, at: Point): string {
  const { id: parent, place } = containerAt(session, at);
  const inside = parent && !isContainer(wanted.type) ? { x: Math.max(12, place.x), y: Math.max(44, place.y) } : at;
  const node = newNode(session, wanted, parent ? { ...inside, ...(isContainer(wanted.type) && place) } : at, parent);
  session.documents.edit(addNode(node));
  session.view.select(node.id);
  return node.id;
}

/** Add a node behind another one, connected to it. */
export function addAfter(session: Session, wanted: Wanted, source: string, port?: string, at?: Point): string {
  const document = session.documents.get();
  const from = nodeOf(document, source);
  if (!from) return addAt(session, wanted, at ?? { x: 48, y: 144 });
  const parent = from.parent ?? null;
  const node = newNode(session, wanted, at ?? freePlaceBehind(session, from), parent);
  const outlets = outletsOf(from, session.catalogue.types.get(from.type)).map((outlet) => outlet.name);
  const used = new Set(document.edges.filter((edge) => edge.source === source).map((edge) => edge.condition ?? "out"));
  const chosen = port ?? outlets.find((name) => !used.has(name)) ?? outlets[0] ?? "out";
  const edits: Edit[] = [addNode(node)];
  if (from.type !== "end" && wanted.type !== "start") edits.push(connect(source, node.id, chosen));
  session.documents.edit((draft) => edits.forEach((edit) => edit(draft)));
  session.view.select(node.id);
  return node.id;
}

/** Put a new node into a track. */
export function addInto(session: Session, wanted: Wanted, edgeId: string, at: Point): string {
  const edge = session.documents.get().edges.find((one) => one.id === edgeId);
  const target = nodeOf(session.documents.get(), edge?.target);
  const node = newNode(session, wanted, target ? placeOf(target) : at, target?.parent ?? null);
  const [outlet] = outletsOf(node, session.catalogue.types.get(node.type));
  const { width } = sizesOf({ name: "", nodes: [node], edges: [] }, session.catalogue.types, true).get(node.id) ?? {
    width: 216,
  };
  session.documents.edit((draft) => {
    const pushed = target ? [target.id, ...rightOf(draft, target)] : [];
    for (const one of draft.nodes) {
      if (pushed.includes(one.id)) one.position = { ...one.position, x: (one.position?.x ?? 0) + width + 2 * GRID };
    }
    addNode(node)(draft);
    insertInto(edgeId, node.id, outlet?.name ?? "out")(draft);
  });
  session.view.select(node.id);
  return node.id;
}

function rightOf(document: Document, target: DocumentNode): string[] {
  const edge = placeOf(target).x;
  return document.nodes
    .filter(
      (node) => node.id !== target.id && (node.parent ?? null) === (target.parent ?? null) && placeOf(node).x > edge,
    )
    .map((node) => node.id);
}

/** A place to the right of a node that nothing stands on. */
function freePlaceBehind(session: Session, from: DocumentNode): Point {
  const document = session.documents.get();
  const sizes = sizesOf(document, session.catalogue.types, true);
  const size = sizes.get(from.id) ?? { width: 216, height: 58 };
  const start = placeOf(from);
  const place = { x: start.x + size.width + 3 * GRID, y: start.y };
  const taken = document.nodes.filter((node) => (node.parent ?? null) === (from.parent ?? null));
  const overlaps = () =>
    taken.some((node) => {
      const [at, other] = [placeOf(node), sizes.get(node.id)];
      return (
        other !== undefined &&
        place.x < at.x + other.width &&
        at.x < place.x + 216 &&
        place.y < at.y + other.height &&
        at.y < place.y + 92
      );
    });
  while (overlaps()) place.y += 4 * GRID;
  return place;
}

/** What was dragged from the palette. */
export const DRAGGED = "application/x-pointwork-node";

export function readDragged(text: string): Wanted | null {
  if (!text) return null;
  const value: unknown = JSON.parse(text);
  return isObject(value) && typeof value.type === "string" ? (value as unknown as Wanted) : null;
}
