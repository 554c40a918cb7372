import type { ReactFlowInstance } from "@xyflow/react";
import type { Document } from "~/core/document/document";
import type { Size } from "~/core/layout/sizes";
import type { CanvasEdge, CanvasNode } from "./convert";
import { boxesOf, extentOf } from "./paint";

const MARGIN = 56;
const LEGIBLE = 0.7; // zoom, below which names are hard to read

/** Show everything, if it can then be read; else as much as can be read, from the beginning on. */
export function openAt(
  flow: ReactFlowInstance<CanvasNode, CanvasEdge>,
  document: Document,
  sizes: ReadonlyMap<string, Size>,
): void {
  const pane = globalThis.document.querySelector(".react-flow")?.getBoundingClientRect();
  if (!pane || document.nodes.length === 0) return;
  const extent = extentOf(boxesOf(document, sizes));
  const fitting = Math.min((pane.width - 2 * MARGIN) / extent.width, (pane.height - 3 * MARGIN) / extent.height, 1);
  const zoom = pane.width < 600 ? fitting : Math.max(fitting, LEGIBLE);
  const wide = extent.width * zoom > pane.width - 2 * MARGIN;
  const tall = extent.height * zoom > pane.height - 2 * MARGIN;
  void flow.setViewport({
    zoom,
    x: wide ? MARGIN - extent.x * zoom : pane.width / 2 - (extent.x + extent.width / 2) * zoom,
    y: tall ? MARGIN - extent.y * zoom : (pane.height - MARGIN) / 2 - (extent.y + extent.height / 2) * zoom,
  });
}
