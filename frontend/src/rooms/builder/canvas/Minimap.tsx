import { t } from "@lingui/core/macro";
import { useReactFlow, useStore } from "@xyflow/react";
import { type PointerEvent, useEffect, useMemo, useRef } from "react";
import { sizesOf } from "~/core/layout/sizes";
import { useDocument, useProblems, useSession, useShownRun, useView } from "../session/hooks";
import { boxesOf, type Extent, extentOf, paintBoxes, palette } from "./paint";

const WIDTH = 176;
const HEIGHT = 100;
const MARGIN = 8;
const EVERY_MS = 250;

/** The whole drawing in a corner, redrawn four times a second at most. Drag in it to move. */
export function Minimap() {
  const { catalogue } = useSession();
  const document = useDocument((one) => one);
  const live = useShownRun()?.live;
  const dock = useView((state) => state.dock);
  const { byNode } = useProblems();
  const flow = useReactFlow();
  const [x, y, zoom] = useStore((state) => state.transform);
  const { width, height } = useStore((state) => state).domNode?.getBoundingClientRect() ?? { width: 800, height: 500 };
  const canvas = useRef<HTMLCanvasElement>(null);
  const boxes = useMemo(
    () => boxesOf(document, sizesOf(document, catalogue.types, live !== undefined)),
    [document, catalogue, live],
  );
  const seen = { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
  const extent = union(extentOf(boxes), seen);
  const scale = Math.min((WIDTH - 2 * MARGIN) / extent.width, (HEIGHT - 2 * MARGIN) / extent.height, 0.15);
  const left = extent.x - (WIDTH / scale - extent.width) / 2;
  const top = extent.y - (HEIGHT / scale - extent.height) / 2;

  useEffect(() => {
    const paint = () => {
      const context = canvas.current?.getContext("2d");
      if (!context) return;
      const ratio = devicePixelRatio || 1;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, WIDTH, HEIGHT);
      paintBoxes(context, boxes, scale, left, top, live, new Set(byNode.keys()));
      context.strokeStyle = palette()("--ink");
      context.lineWidth = 1.5;
      context.strokeRect((seen.x - left) * scale, (seen.y - top) * scale, seen.width * scale, seen.height * scale);
    };
    paint();
    if (!live) return undefined;
    const timer = setInterval(paint, EVERY_MS);
    return () => clearInterval(timer);
  });

  if (document.nodes.length < 2 || dock) return null;
  const move = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    void flow.setCenter((event.clientX - box.left) / scale + left, (event.clientY - box.top) / scale + top, { zoom });
  };
  const ratio = globalThis.devicePixelRatio || 1;
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={t`Map of the whole workflow`}
      width={WIDTH * ratio}
      height={HEIGHT * ratio}
      className="nopan absolute end-3.5 bottom-3.5 z-10 cursor-pointer rounded-ctl border border-line-2 bg-panel shadow-node max-md:hidden"
      style={{ width: WIDTH, height: HEIGHT }}
      onPointerDown={move}
      onPointerMove={move}
    />
  );
}

function union(a: Extent, b: Extent): Extent {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
