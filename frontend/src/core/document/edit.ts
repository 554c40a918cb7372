/** The edits: each takes a draft of the document (immer) and changes it by one intent of the user. */
import { configKey, type Document, type DocumentNode, type JsonObject, nodeOf, type Point } from "./document";
import { withInner } from "./graph";

export type Edit = (draft: Document) => void;

/** An id that is free, made from words that people see: `Draft reply` → `draft_reply`, `draft_reply_2`. */
export function freeId(taken: ReadonlySet<string>, words: string): string {
  const stem =
    words
      .normalize("NFKD")
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "_")
      .replaceAll(/^_+|_+$/g, "")
      .slice(0, 40) || "node";
  let id = stem;
  for (let number = 2; taken.has(id); number += 1) id = `${stem}_${number}`;
  return id;
}

export const nodeIds = (document: Document): Set<string> => new Set(document.nodes.map((node) => node.id));

export const addNode =
  (node: DocumentNode): Edit =>
  (draft) => {
    draft.nodes.push(node);
  };

export const connect =
  (source: string, target: string, port = "out"): Edit =>
  (draft) => {
    const known = draft.edges.some(
      (edge) => edge.source === source && edge.target === target && (edge.condition ?? "out") === port,
    );
    if (known || source === target) return;
    const id = freeId(new Set(draft.edges.map((edge) => edge.id)), `e_${source}_${target}`);
    draft.edges.push({ id, source, target, ...(port === "out" ? {} : { condition: port }) });
  };

export const disconnect =
  (ids: ReadonlySet<string>): Edit =>
  (draft) => {
    draft.edges = draft.edges.filter((edge) => !ids.has(edge.id));
  };

/** Take nodes away, with what is inside them and their tracks; who read from them no longer does. */
export const removeNodes =
  (ids: Iterable<string>): Edit =>
  (draft) => {
    const gone = withInner(draft, ids);
    draft.nodes = draft.nodes.filter((node) => !gone.has(node.id));
    draft.edges = draft.edges.filter((edge) => !gone.has(edge.source) && !gone.has(edge.target));
    for (const node of draft.nodes) {
      if (node.inputs?.some((input) => input.source_node && gone.has(input.source_node))) {
        node.inputs = node.inputs.filter((input) => !input.source_node || !gone.has(input.source_node));
      }
    }
  };

export const moveNodes =
  (places: ReadonlyMap<string, Point>): Edit =>
  (draft) => {
    for (const node of draft.nodes) {
      const place = places.get(node.id);
      if (place) node.position = { ...node.position, ...place };
    }
  };

export const renameNode =
  (id: string, name: string): Edit =>
  (draft) => {
    const node = nodeOf(draft, id);
    if (node) node.name = name;
  };

/** Set one value of a node's configuration; `undefined` takes it out, so that the default holds. */
export const configure =
  (id: string, key: string, value: unknown): Edit =>
  (draft) => {
    const node = nodeOf(draft, id);
    if (!node) return;
    const config: JsonObject = { ...(node[configKey(node.type)] as JsonObject | undefined) };
    if (value === undefined) delete config[key];
    else config[key] = value as JsonObject[string];
    node[configKey(node.type)] = config;
  };

/** Set a key of the node itself, such as `inputs`, `retry` or `disabled`. */
export const setNode =
  (id: string, key: string, value: unknown): Edit =>
  (draft) => {
    const node = nodeOf(draft, id);
    if (!node) return;
    if (value === undefined) delete node[key];
    else node[key] = value;
  };

/** Put a node into a track: what was one track becomes two. */
export const insertInto =
  (edgeId: string, nodeId: string, port: string): Edit =>
  (draft) => {
    const edge = draft.edges.find((one) => one.id === edgeId);
    if (!edge || edge.source === nodeId || edge.target === nodeId) return;
    const { target } = edge;
    edge.target = nodeId;
    connect(nodeId, target, port)(draft);
  };

/** Put nodes into a new container that stands where they stood; tracks over its border go to the container. */
export const wrap =
  (ids: ReadonlySet<string>, container: DocumentNode, origin: Point): Edit =>
  (draft) => {
    const inside = withInner(draft, ids);
    const parent = nodeOf(draft, [...ids][0])?.parent ?? null;
    for (const node of draft.nodes) {
      if (!ids.has(node.id)) continue;
      node.position = { x: (node.position?.x ?? 0) - origin.x + 24, y: (node.position?.y ?? 0) - origin.y + 56 };
      node.parent = container.id;
    }
    draft.nodes.push({ ...container, parent, position: { ...origin } });
    const kept = new Set<string>();
    draft.edges = draft.edges.filter((edge) => {
      const [from, to] = [inside.has(edge.source), inside.has(edge.target)];
      if (from !== to) {
        if (from) {
          edge.source = container.id;
          delete edge.condition;
        } else edge.target = container.id;
      }
      const line = `${edge.source} ${edge.condition ?? ""} ${edge.target}`;
      return !kept.has(line) && !!kept.add(line);
    });
  };

/** Take a node out of its container; its tracks to what stays inside go. */
export const takeOut =
  (id: string): Edit =>
  (draft) => {
    const node = nodeOf(draft, id);
    const container = nodeOf(draft, node?.parent);
    if (!node || !container) return;
    node.position = {
      x: (node.position?.x ?? 0) + (container.position?.x ?? 0),
      y: (node.position?.y ?? 0) + (container.position?.y ?? 0),
    };
    if (container.parent) node.parent = container.parent;
    else delete node.parent;
    draft.edges = draft.edges.filter((edge) => edge.source !== id && edge.target !== id);
  };

export const putInto =
  (id: string, container: string, place: Point): Edit =>
  (draft) => {
    const node = nodeOf(draft, id);
    if (!node || withInner(draft, [id]).has(container)) return;
    node.parent = container;
    node.position = place;
    const level = new Set(draft.nodes.filter((one) => one.parent === container).map((one) => one.id));
    draft.edges = draft.edges.filter(
      (edge) => (edge.source !== id || level.has(edge.target)) && (edge.target !== id || level.has(edge.source)),
    );
  };
