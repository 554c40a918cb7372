/** Nodes as text on the clipboard, and back: within a workflow, to another one, or to another server. */
import {
  type Document,
  type DocumentEdge,
  type DocumentNode,
  isObject,
  placeOf,
  type Point,
  titleOf,
} from "./document";
import { type Edit, freeId, nodeIds } from "./edit";
import { withInner } from "./graph";

const KIND = "pointwork/nodes";

export interface Clip {
  nodes: DocumentNode[];
  edges: DocumentEdge[];
}

/** The nodes, what is inside them, and the tracks between them. */
export function copyNodes(document: Document, ids: Iterable<string>): string {
  const taken = withInner(document, ids);
  const nodes = document.nodes.filter((node) => taken.has(node.id));
  const edges = document.edges.filter((edge) => taken.has(edge.source) && taken.has(edge.target));
  return JSON.stringify({ kind: KIND, nodes, edges }, null, 2);
}

/** What was copied here or from a file of a workflow; null for any other text. */
export function readClip(text: string): Clip | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value) || !Array.isArray(value.nodes)) return null;
  const nodes = value.nodes.filter(
    (node) => isObject(node) && typeof node.id === "string" && typeof node.type === "string",
  );
  if (nodes.length === 0 || nodes.length !== value.nodes.length) return null;
  const edges = Array.isArray(value.edges) ? value.edges : [];
  return { nodes, edges } as unknown as Clip;
}

/** Add copies with ids of their own, the topmost at `place`. `added` says how they are called now. */
export function pasteNodes(
  document: Document,
  clip: Clip,
  place: Point,
  parent: string | null,
): { edit: Edit; added: string[] } {
  const taken = nodeIds(document);
  const names = new Map<string, string>();
  for (const node of clip.nodes) {
    const id = freeId(taken, taken.has(node.id) ? titleOf(node) : node.id);
    taken.add(id);
    names.set(node.id, id);
  }
  const outer = clip.nodes.filter((node) => !node.parent || !names.has(node.parent));
  const left = Math.min(...outer.map((node) => placeOf(node).x));
  const top = Math.min(...outer.map((node) => placeOf(node).y));
  const nodes = clip.nodes.map((node) => {
    const copy: DocumentNode = structuredClone({ ...node });
    copy.id = names.get(node.id) ?? node.id;
    if (outer.includes(node)) {
      copy.position = { x: placeOf(node).x - left + place.x, y: placeOf(node).y - top + place.y };
      if (parent) copy.parent = parent;
      else delete copy.parent;
    } else if (node.parent) copy.parent = names.get(node.parent) ?? null;
    copy.inputs?.forEach((input) => {
      if (input.source_node) input.source_node = names.get(input.source_node) ?? input.source_node;
    });
    return copy;
  });
  // What a copy read from a node that is not here would be an error at once.
  for (const copy of nodes) {
    if (copy.inputs) copy.inputs = copy.inputs.filter((input) => !input.source_node || taken.has(input.source_node));
  }
  const edit: Edit = (draft) => {
    draft.nodes.push(...nodes);
    const ids = new Set(draft.edges.map((edge) => edge.id));
    for (const edge of clip.edges) {
      const [source, target] = [names.get(edge.source), names.get(edge.target)];
      if (!source || !target) continue;
      const id = freeId(ids, `e_${source}_${target}`);
      ids.add(id);
      draft.edges.push({ ...edge, id, source, target });
    }
  };
  return { edit, added: outer.flatMap((node) => names.get(node.id) ?? []) };
}
