/** Places for nodes, from left to right: each container from the inside first, then as one box. Pure; runs in a worker. */
import { graphlib, layout } from "@dagrejs/dagre";
import { type Document, type DocumentNode, placeOf, type Point } from "../document/document";
import { childrenOf } from "../document/graph";
import { isContainer } from "../nodes/kinds";
import { CONTAINER_HEAD, GRID, ownSize, sizesOf, type Size, type Specs } from "./sizes";

const BETWEEN_RANKS = 72;
const BETWEEN_NODES = 36;

/** New places. Sizes are those while running, so that nothing overlaps then either. `only`: leave the others alone. */
export function tidy(document: Document, specs: Specs, only?: ReadonlySet<string>): Map<string, Point> {
  const places = new Map<string, Point>();
  const moved: Document = { ...document, nodes: document.nodes.map((node) => ({ ...node })) };
  const arrange = (parent: string | null): void => {
    const level = childrenOf(moved, parent).filter((node) => !only || only.has(node.id));
    for (const node of childrenOf(moved, parent)) if (isContainer(node.type)) arrange(node.id);
    if (level.length === 0) return;
    const sizes = sizesOf(moved, specs, true);
    const found = ranked(moved, level, (node) => sizes.get(node.id) ?? ownSize(node, specs, true));
    const left = only ? Math.min(...level.map((node) => placeOf(node).x)) : parent === null ? 2 * GRID : GRID;
    const top = only
      ? Math.min(...level.map((node) => placeOf(node).y))
      : parent === null
        ? 4 * GRID
        : CONTAINER_HEAD + GRID;
    for (const node of level) {
      const at = found.get(node.id);
      if (!at) continue;
      const place = { x: left + snap(at.x), y: top + snap(at.y) };
      places.set(node.id, place);
      node.position = { ...node.position, ...place };
    }
  };
  arrange(null);
  return places;
}

const snap = (value: number): number => Math.round(value / (GRID / 2)) * (GRID / 2);

/** Places from 0 on for the nodes of one level. */
function ranked(document: Document, level: DocumentNode[], sizeOf: (node: DocumentNode) => Size): Map<string, Point> {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", ranksep: BETWEEN_RANKS, nodesep: BETWEEN_NODES, edgesep: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  const here = new Set(level.map((node) => node.id));
  // The order of today decides between equals, so that tidying up does not shuffle what was fine.
  for (const node of [...level].sort((a, b) => placeOf(a).y - placeOf(b).y))
    graph.setNode(node.id, { ...sizeOf(node) });
  for (const edge of document.edges) {
    if (here.has(edge.source) && here.has(edge.target) && edge.source !== edge.target) {
      graph.setEdge(edge.source, edge.target, {}, edge.id);
    }
  }
  layout(graph);
  const boxes = level.map((node) => {
    const { x, y, width, height } = graph.node(node.id) as Point & Size;
    return { node, x: x - width / 2, y: y - height / 2 };
  });
  const left = Math.min(...boxes.map((box) => box.x));
  const top = Math.min(...boxes.map((box) => box.y));
  return new Map(boxes.map(({ node, x, y }) => [node.id, { x: x - left, y: y - top }]));
}
