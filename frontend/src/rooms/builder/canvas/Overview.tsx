import { useStore } from "@xyflow/react";
import { useEffect, useMemo, useRef } from "react";
import { sizesOf } from "~/core/layout/sizes";
import { useDocument, useProblems, useSession, useShownRun } from "../session/hooks";
import { boxesOf, paintBoxes, palette } from "./paint";

const FAR = 0.45; // zoom, below which names cannot be read
const MANY = 150; // nodes in view, from which elements are too slow to paint
const TILE = 24;

/** The ground with its tiles; from far away, the nodes too, on one canvas instead of as elements. */
export function Overview() {
  const { catalogue } = useSession();
  const document = useDocument((one) => one);
  const live = useShownRun()?.live;
  const { byNode } = useProblems();
  const [x, y, zoom] = useStore((state) => state.transform);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const canvas = useRef<HTMLCanvasElement>(null);
  const far = zoom < FAR && document.nodes.length > MANY;
  const boxes = useMemo(
    () => (far ? boxesOf(document, sizesOf(document, catalogue.types, live !== undefined)) : []),
    [far, document, catalogue, live],
  );

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return undefined;
    element.closest(".react-flow")?.classList.toggle("far", far);
    const paint = () => {
      const ratio = devicePixelRatio || 1;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      if (!far) return;
      const [left, top] = [-x / zoom, -y / zoom];
      const places = new Map(boxes.map((box) => [box.id, box]));
      context.strokeStyle = palette()("--track");
      context.lineWidth = Math.max(0.6, 2 * zoom);
      context.beginPath();
      for (const edge of document.edges) {
        const [from, to] = [places.get(edge.source), places.get(edge.target)];
        if (!from || !to) continue;
        context.moveTo((from.x + from.width - left) * zoom, (from.y + 26 - top) * zoom);
        context.lineTo((to.x - left) * zoom, (to.y + 26 - top) * zoom);
      }
      context.stroke();
      const inView = boxes.filter(
        (box) =>
          box.x < left + width / zoom &&
          box.x + box.width > left &&
          box.y < top + height / zoom &&
          box.y + box.height > top,
      );
      paintBoxes(context, inView, zoom, left, top, live, new Set(byNode.keys()));
    };
    paint();
    if (!far || !live) return undefined;
    return live.subscribe("*", paint);
  }, [far, x, y, zoom, width, height, boxes, document, live, byNode]);

  const ratio = globalThis.devicePixelRatio || 1;
  const step = TILE * zoom * (zoom < 0.5 ? 4 : 1);
  return (
    <>
      <div
        aria-hidden
        className="pointer-events-none absolute inset-0 -z-10"
        style={{
          backgroundImage:
            "linear-gradient(var(--tile) 1px, transparent 1px), linear-gradient(90deg, var(--tile) 1px, transparent 1px)",
          backgroundSize: `${step}px ${step}px`,
          backgroundPosition: `${x}px ${y}px`,
        }}
      />
      <canvas
        ref={canvas}
        aria-hidden
        width={width * ratio}
        height={height * ratio}
        className="pointer-events-none absolute inset-0 z-[3]"
        style={{ width, height }}
      />
    </>
  );
}
