/** Tracks: lines that run straight and turn by 45°, as on a map of the underground. */
import type { Point } from "../document/document";

const CORNER = 12;
const STUB = 16; // straight out of a port before the first turn
const LEAST = 8; // between two ports, below which a track leads around

/** The path from an outlet (going right) to an inlet (coming from the left), and where its middle is. */
export function track(from: Point, to: Point, lane = 0): { path: string; middle: Point } {
  const points = to.x - from.x >= LEAST ? forward(from, to, lane) : back(from, to, lane);
  return { path: pathOf(points), middle: middleOf(points) };
}

function forward(from: Point, to: Point, lane: number): Point[] {
  const down = to.y - from.y;
  if (Math.abs(down) < 1) return [from, to];
  const room = to.x - from.x;
  const x = room < 2 * STUB ? from.x + room / 2 : Math.min(from.x + STUB + 8 + lane * 10, to.x - STUB);
  return [from, { x, y: from.y }, { x, y: to.y }, to];
}

/** A track that leads back: around below, or above when the target is higher. */
function back(from: Point, to: Point, lane: number): Point[] {
  const out = from.x + STUB + lane * 8;
  const into = to.x - STUB - lane * 8;
  const low = Math.max(from.y, to.y);
  const high = Math.min(from.y, to.y);
  const y = low - high > 140 ? (low + high) / 2 : low + 96 + lane * 12;
  return [from, { x: out, y: from.y }, { x: out, y }, { x: into, y }, { x: into, y: to.y }, to];
}

/** A line through the points whose corners are cut by 45°. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x} ${first.y}`;
  rest.forEach((here, index) => {
    const before = points[index] ?? first;
    const next = rest[index + 1];
    if (!next) {
      path += `L${here.x} ${here.y}`;
      return;
    }
    const cut = Math.min(CORNER, distance(before, here) / 2, distance(here, next) / 2);
    const p = towards(here, before, cut);
    const q = towards(here, next, cut);
    path += `L${p.x} ${p.y}L${q.x} ${q.y}`;
  });
  return path;
}

function middleOf(points: readonly Point[]): Point {
  const lengths = points.slice(1).map((point, index) => distance(points[index] ?? point, point));
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2;
  for (const [index, length] of lengths.entries()) {
    const [from, to] = [points[index], points[index + 1]];
    if (from && to && left <= length) return towards(from, to, left);
    left -= length;
  }
  return points[0] ?? { x: 0, y: 0 };
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

function towards(from: Point, to: Point, by: number): Point {
  const whole = distance(from, to) || 1;
  const round = (value: number) => Math.round(value * 100) / 100;
  return { x: round(from.x + ((to.x - from.x) * by) / whole), y: round(from.y + ((to.y - from.y) * by) / whole) };
}
