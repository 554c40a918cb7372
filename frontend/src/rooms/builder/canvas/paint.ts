/** Paints boxes of nodes on a canvas: for the minimap, and for the view from far away. */
import { type Document, placeOf } from "~/core/document/document";
import type { Size } from "~/core/layout/sizes";
import { isContainer, kindOf, type Tint } from "~/core/nodes/kinds";
import { lampOf } from "~/core/run/lamps";
import type { LiveRun } from "~/core/run/live";

export interface Box extends Size {
  id: string;
  x: number;
  y: number;
  tint: Tint;
  container: boolean;
}

/** Where everything is, seen from the corner of the drawing. */
export function boxesOf(document: Document, sizes: ReadonlyMap<string, Size>): Box[] {
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  return document.nodes.map((node) => {
    let { x, y } = placeOf(node);
    let parent = byId.get(node.parent ?? "");
    for (let depth = 0; parent && depth < 32; depth += 1) {
      const corner = placeOf(parent);
      x += corner.x;
      y += corner.y;
      parent = byId.get(parent.parent ?? "");
    }
    const size = sizes.get(node.id) ?? { width: 216, height: 58 };
    return { id: node.id, x, y, ...size, tint: kindOf(node.type).tint, container: isContainer(node.type) };
  });
}

export interface Extent extends Size {
  x: number;
  y: number;
}

export function extentOf(boxes: readonly Box[]): Extent {
  if (boxes.length === 0) return { x: 0, y: 0, width: 800, height: 500 };
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** The colours of the page as it is now; asked for once a painting, not once a box. */
export function palette(): (name: string) => string {
  const style = getComputedStyle(document.documentElement);
  const known = new Map<string, string>();
  return (name) => {
    const value = known.get(name) ?? style.getPropertyValue(name).trim();
    known.set(name, value);
    return value;
  };
}

const STATUS: Partial<Record<ReturnType<typeof lampOf>, string>> = {
  running: "--s-run",
  succeeded: "--s-ok",
  failed: "--s-fail",
  waiting: "--s-wait",
  paused: "--s-pause",
};

export function paintBoxes(
  context: CanvasRenderingContext2D,
  boxes: readonly Box[],
  scale: number,
  left: number,
  top: number,
  live: LiveRun | undefined,
  marked: ReadonlySet<string>,
): void {
  const colour = palette();
  for (const box of [...boxes].sort((a, b) => Number(b.container) - Number(a.container))) {
    const [x, y] = [(box.x - left) * scale, (box.y - top) * scale];
    const [width, height] = [Math.max(2, box.width * scale), Math.max(2, box.height * scale)];
    const status = live ? STATUS[lampOf(live.node(box.id)?.status)] : undefined;
    context.globalAlpha = box.container ? 0.35 : live && !status ? 0.45 : 1;
    context.fillStyle = colour(status ?? `--k-${box.tint}`);
    context.fillRect(x, y, width, height);
    context.globalAlpha = 1;
    if (marked.has(box.id)) {
      context.fillStyle = colour("--s-fail");
      context.beginPath();
      context.arc(x + width, y, 3, 0, 7);
      context.fill();
    }
  }
}
