/** Cut nodes out of a workflow into one of their own, so that a run gives what it gave before. */
import { type Document, type DocumentNode, placeOf, type Point } from "../document/document";
import { type Edit, freeId, nodeIds } from "../document/edit";
import { borderOf } from "./border";
import { type Known, Needs } from "./inputs";
import { outputsOf, readFrom } from "./outputs";

export interface Extraction {
  /** The new workflow. */
  inner: Document;
  /** The node that takes the place of what was cut out. */
  id: string;
  edit: (workflowId: string) => Edit;
}

const FIRST: Point = { x: 240, y: 144 };

/** Refuses (`Refusal`) what would run in another way afterwards. */
export function extract(document: Document, ids: ReadonlySet<string>, name: string, known: Known): Extraction {
  const border = borderOf(document, ids, known.outlets);
  const { all, parent, top } = border;
  const needs = new Needs(document, border, known);
  const copies = new Map(
    document.nodes.filter((node) => all.has(node.id)).map((node) => [node.id, structuredClone(node)]),
  );
  for (const copy of copies.values()) needs.free(copy);
  needs.arrive(copies);
  const outputs = outputsOf(document, border, known);
  const inputs = needs.list.map((need) => ({
    name: need.name,
    ...(need.source && { source_node: need.source }),
    source_field: need.field,
  }));
  const origin = {
    x: Math.min(...top.map((node) => placeOf(node).x)),
    y: Math.min(...top.map((node) => placeOf(node).y)),
  };
  const id = outputs.id ?? freeId(nodeIds(document), name);

  const edit =
    (workflowId: string): Edit =>
    (draft) => {
      if (outputs.id === null && outputs.given.length > 0) readFrom(draft, border, id, outputs.given, known);
      const at = draft.nodes.findIndex((node) => all.has(node.id));
      const node: DocumentNode = {
        id,
        type: "workflow",
        name,
        workflow_config: { workflow_id: workflowId },
        ...(inputs.length > 0 && { inputs }),
        ...(parent && { parent }),
        position: origin,
      };
      draft.nodes.splice(at, 0, node);
      draft.nodes = draft.nodes.filter((one) => one === draft.nodes[at] || !all.has(one.id));
      const seen = new Set<string>();
      draft.edges = draft.edges.filter((edge) => {
        const [from, to] = [all.has(edge.source), all.has(edge.target)];
        if (from && to) return false;
        if (!from && !to) return true;
        if (from) edge.source = id;
        else edge.target = id;
        const line = `${edge.source} ${edge.condition ?? "out"} ${edge.target}`;
        return !seen.has(line) && !!seen.add(line);
      });
    };

  return { inner: innerOf(), id, edit };

  function innerOf(): Document {
    const taken = new Set(all);
    const start = freeId(taken, "start");
    const end = freeId(taken, "end");
    const declared = needs.declared();
    const nodes = [...copies.values()];
    for (const node of nodes) {
      if (!top.some((one) => one.id === node.id)) continue;
      delete node.parent;
      const place = placeOf(node);
      node.position = { ...node.position, x: place.x - origin.x + FIRST.x, y: place.y - origin.y + FIRST.y };
    }
    const right = Math.max(...top.map((node) => placeOf(node).x)) - origin.x + FIRST.x + 312;
    const given = outputs.given.map((one) => ({ name: one.name, source_node: one.source, source_field: one.field }));
    const lines = [
      ...border.entries.map((node) => ({ source: start, target: node.id })),
      ...border.exits.map((node) => ({ source: node.id, target: end })),
    ];
    return {
      name,
      variables: needs.variables,
      nodes: [
        {
          id: start,
          type: "start",
          name: "Start",
          position: { x: 48, y: FIRST.y },
          ...(declared.length > 0 && { start_config: { inputs: declared } }),
        },
        ...nodes,
        {
          id: end,
          type: "end",
          name: "End",
          position: { x: right, y: FIRST.y },
          ...(given.length > 0 && { inputs: given }),
        },
      ],
      edges: [
        ...border.within.map((edge) => ({ ...edge })),
        ...lines.map(({ source, target }) => ({ id: `e_${source}_${target}`, source, target })),
      ],
    };
  }
}
