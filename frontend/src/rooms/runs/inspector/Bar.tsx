import type { Row } from "~/core/trace/rows";
import { type Scale, zoomed } from "~/core/trace/scale";

interface Props {
  row: Row;
  scale: Scale;
  until: number;
  from: number;
  to: number;
}

const FILLS: Record<string, string> = {
  running: "fill-run",
  waiting: "fill-wait",
  completed: "fill-ok",
  failed: "fill-fail",
  cancelled: "fill-pause",
  paused: "fill-pause",
  skipped: "fill-idle",
  pending: "fill-idle",
};
const EDGES: Record<string, string> = {
  running: "fill-transparent stroke-run",
  failed: "fill-transparent stroke-fail",
  cancelled: "fill-transparent stroke-pause",
};
const HEIGHT = 28;
const LEAST = "3px";

/** When a span ran: thin if it only holds others, hollow until its first word, hatched while it waited. */
export function Bar({ row, scale, until, from, to }: Props) {
  const { span, start, container } = row;
  const place = (time: number) => Math.min(1.02, Math.max(-0.02, zoomed(scale.x(time), from, to)));
  const percent = (part: number) => `${part * 100}%`;
  const lines = scale.ticks.map(({ x }) => zoomed(x, from, to)).filter((x) => x >= 0 && x <= 1);
  const [y, height] = container ? [12, 5] : [8, 13];
  const piece = (begin: number, end: number, look: string, key: string) => {
    const [x, x2] = [place(begin), place(end)];
    if (x2 < 0 || x > 1) return null;
    const width = x2 - x;
    return (
      <rect
        key={key}
        x={percent(x)}
        y={y}
        width={width * 100 < 0.3 ? LEAST : percent(width)}
        height={height}
        rx={container ? 2 : 2}
        className={look}
      />
    );
  };
  const end = row.end ?? until;
  const fill = FILLS[span.status] ?? "fill-idle";
  const parts = [];
  if (start !== null && span.status !== "skipped") {
    let at = start;
    for (const wait of span.waits) {
      if (wait.from > at) parts.push(piece(at, wait.from, FILLS.completed ?? "", `work ${at}`));
      parts.push(piece(wait.from, wait.to ?? end, "hatched stroke-wait", `wait ${wait.from}`));
      at = wait.to ?? end;
    }
    if (span.firstPiece !== null && span.firstPiece > at && span.firstPiece < end) {
      parts.push(piece(at, span.firstPiece, EDGES[span.status] ?? "fill-transparent stroke-ok", "silence"));
      at = span.firstPiece;
    }
    if (at < end || span.waits.length === 0) parts.push(piece(at, end, fill, "work"));
  }
  return (
    <svg aria-hidden width="100%" height={HEIGHT} className="block overflow-hidden border-s border-line">
      {lines.map((x) => (
        <line key={x} x1={percent(x)} x2={percent(x)} y1={0} y2={HEIGHT} className="stroke-line" />
      ))}
      {parts}
    </svg>
  );
}

/** The stripes of bars that wait; stands once in the page. */
export function Stripes() {
  return (
    <svg aria-hidden width="0" height="0" className="absolute">
      <defs>
        <pattern id="hatched" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="7" height="7" className="fill-wait-bg" />
          <rect width="2" height="7" className="fill-wait/60" />
        </pattern>
      </defs>
    </svg>
  );
}
