import { useMemo } from "react";
import { type Document, type DocumentNode, placeOf, type Point, readDocument } from "~/core/document/document";
import { PORT_Y, type Size, sizesOf } from "~/core/layout/sizes";
import { track } from "~/core/layout/track";
import { isContainer, kindOf, type Tint } from "~/core/nodes/kinds";

const FILLS: Record<Tint, string> = {
  term: "fill-k-term",
  agent: "fill-k-agent",
  tool: "fill-k-tool",
  cond: "fill-k-cond",
  loop: "fill-k-loop",
  map: "fill-k-map",
  sub: "fill-k-sub",
  human: "fill-k-human",
};
const EDGES: Partial<Record<Tint, string>> = { loop: "stroke-k-loop", map: "stroke-k-map" };
const MARGIN = 60;
const CARD = 84;
const NEAR = 28;

type Box = Point & Size;

/** A workflow in small: kinds by their colours, tracks between them. A picture only; its name stands beside it. */
export function MiniMap({ workflow, className = "" }: { workflow: object; className?: string }) {
  const { document, boxes, view } = useMemo(() => drawn(readDocument(workflow)), [workflow]);
  return (
    <svg viewBox={view} preserveAspectRatio="xMidYMid meet" aria-hidden className={`tiles block ${className}`}>
      {document.nodes.map((node) =>
        isContainer(node.type) ? <Shape key={node.id} node={node} box={boxes.get(node.id)} /> : null,
      )}
      {document.edges.map((edge) => {
        const [from, to] = [boxes.get(edge.source), boxes.get(edge.target)];
        if (!from || !to) return null;
        const [y, there] = [from.y + from.height / 2, to.y + to.height / 2];
        // What is almost level is drawn level: a jog of a pixel says nothing.
        const level = Math.abs(y - there) < NEAR ? y : there;
        const { path } = track({ x: from.x + from.width, y }, { x: to.x, y: level });
        return <path key={edge.id} d={path} fill="none" strokeWidth={6} stroke="var(--track)" />;
      })}
      {document.nodes.map((node) =>
        isContainer(node.type) ? null : <Shape key={node.id} node={node} box={boxes.get(node.id)} />,
      )}
    </svg>
  );
}

function Shape({ node, box }: { node: DocumentNode; box: Box | undefined }) {
  if (!box) return null;
  const { tint, shape } = kindOf(node.type);
  if (shape === "container") {
    return <rect {...box} rx={12} strokeWidth={6} className={`fill-panel/60 ${EDGES[tint] ?? "stroke-k-sub"}`} />;
  }
  return <rect {...box} rx={shape === "pill" ? box.height / 2 : 8} className={FILLS[tint]} />;
}

function drawn(document: Document): { document: Document; boxes: Map<string, Box>; view: string } {
  const sizes = sizesOf(document, new Map(), false);
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  const boxes = new Map<string, Box>();
  for (const node of document.nodes) {
    let { x, y } = placeOf(node);
    const seen = new Set([node.id]);
    for (let above = byId.get(node.parent ?? ""); above && !seen.has(above.id); above = byId.get(above.parent ?? "")) {
      seen.add(above.id);
      const place = placeOf(above);
      [x, y] = [x + place.x, y + place.y];
    }
    const { width, height } = sizes.get(node.id) ?? { width: 0, height: 0 };
    // All cards are of one height here, around where the tracks arrive: what they hold is not shown.
    const box = isContainer(node.type) ? { y, height } : { y: y + PORT_Y - CARD / 2, height: CARD };
    boxes.set(node.id, { x, width, ...box });
  }
  const all = [...boxes.values()];
  const left = Math.min(...all.map((box) => box.x), 0) - MARGIN;
  const top = Math.min(...all.map((box) => box.y)) - MARGIN;
  const right = Math.max(...all.map((box) => box.x + box.width)) + MARGIN;
  const bottom = Math.max(...all.map((box) => box.y + box.height)) + MARGIN;
  const view = all.length > 0 ? `${left} ${top} ${right - left} ${bottom - top}` : "0 0 100 100";
  return { document, boxes, view };
}
