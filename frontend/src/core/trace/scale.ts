/** From times to places: stretches in which the run only waited are folded to a narrow band. */
import { isGoing, type Interval, type Span } from "./span";

export interface Fold {
  from: number;
  to: number;
  /** Where the band begins and ends, as parts of the whole width. */
  left: number;
  right: number;
}

export interface Scale {
  start: number;
  end: number;
  folds: Fold[];
  /** How long nothing worked and something was waited for. */
  waitingMs: number;
  /** The place of a time, from 0 to 1. */
  x: (time: number) => number;
  ticks: { x: number; ms: number }[];
}

const BAND = 0.18; // of the width, for one fold
const BANDS = 0.3; // for all of them
const SHORT_MS = 1_000;
const TICKS = 7;
const ROOM = 0.985; // of the width; the rest lets what happened last be seen

/** When nothing worked while something waited. */
export function idleOf(spans: Iterable<Span>, start: number, end: number): Interval[] {
  const busy: [number, number][] = [];
  const waits: [number, number][] = [];
  const held = new Set<string>();
  const list = [...spans];
  for (const span of list) if (span.kind !== "step" && span.parent) held.add(span.parent);
  for (const span of list) {
    const whole: [number, number] | null = span.start === null ? null : [span.start, span.end ?? end];
    for (const wait of span.waits) waits.push([wait.from, wait.to ?? end]);
    // What holds others does nothing while they wait.
    if (!whole || span.kind === "round" || held.has(span.key)) continue;
    let from = whole[0];
    for (const wait of span.waits) {
      busy.push([from, wait.from]);
      from = wait.to ?? end;
    }
    if (from < whole[1] || isGoing(span)) busy.push([from, whole[1]]);
  }
  const gaps: Interval[] = [];
  for (const [from, to] of union(waits)) {
    let at = Math.max(from, start);
    for (const [begin, finish] of union(busy)) {
      if (finish <= at || begin >= to) continue;
      if (begin > at) gaps.push({ from: at, to: begin });
      at = Math.max(at, finish);
    }
    if (at < to) gaps.push({ from: at, to });
  }
  return gaps;
}

function union(list: [number, number][]): [number, number][] {
  const merged: [number, number][] = [];
  for (const [from, to] of list.filter(([a, b]) => b > a).sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

export function scaleOf(spans: Iterable<Span>, start: number, until: number): Scale {
  const end = Math.max(until, start + 1);
  const idle = idleOf(spans, start, end);
  const waitingMs = idle.reduce((sum, gap) => sum + (gap.to ?? end) - gap.from, 0);
  const working = Math.max(end - start - waitingMs, 1);
  const long = idle.filter((gap) => (gap.to ?? end) - gap.from > Math.max(SHORT_MS, working * 0.15));
  const foldedMs = long.reduce((sum, gap) => sum + (gap.to ?? end) - gap.from, 0);
  const band = long.length === 0 ? 0 : Math.min(BAND, BANDS / long.length);
  const perMs = (1 - band * long.length) / Math.max(end - start - foldedMs, 1);
  const folds: Fold[] = [];
  let [left, at] = [0, start];
  for (const gap of long) {
    left += (gap.from - at) * perMs;
    at = gap.to ?? end;
    folds.push({ from: gap.from, to: at, left, right: left + band });
    left += band;
  }
  const x = (time: number): number => {
    let [place, from] = [0, start];
    for (const fold of folds) {
      if (time < fold.from) break;
      if (time <= fold.to) return fold.left + (band * (time - fold.from)) / Math.max(fold.to - fold.from, 1);
      [place, from] = [fold.right, fold.to];
    }
    return Math.min(1, Math.max(0, place + (time - from) * perMs));
  };
  return { start, end, folds, waitingMs, x, ticks: ticksOf(working + waitingMs - foldedMs, start, folds, x) };
}

/** Marks at round numbers of the time that is not folded. */
function ticksOf(ms: number, start: number, folds: Fold[], x: (time: number) => number): { x: number; ms: number }[] {
  const rough = ms / TICKS;
  const size = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  const step = [1, 2, 5, 10].map((factor) => factor * size).find((one) => one >= rough) ?? size * 10;
  const marks: { x: number; ms: number }[] = [];
  for (let at = 0; at <= ms; at += step) {
    let time = start + at;
    for (const fold of folds) if (time >= fold.from) time += fold.to - fold.from;
    marks.push({ x: x(time), ms: at });
  }
  return marks;
}

/** A place of the whole as a place of the stretch that is looked at closely. */
export const zoomed = (x: number, from: number, to: number): number => (ROOM * (x - from)) / Math.max(to - from, 1e-6);

/** How many nodes and calls were at work in each of so many equal parts of the width. */
export function workOf(spans: Iterable<Span>, scale: Scale, parts: number): number[] {
  const found = Array.from({ length: parts }, () => 0);
  const list = [...spans];
  const held = new Set(list.map((span) => span.parent));
  for (const { key, start, end, waits } of list) {
    if (start === null || held.has(key) || waits.length > 0) continue;
    const first = Math.min(parts - 1, Math.floor(scale.x(start) * parts));
    const last = Math.min(parts - 1, Math.floor(scale.x(end ?? scale.end) * parts));
    for (let index = first; index <= last; index += 1) found[index] = (found[index] ?? 0) + 1;
  }
  return found;
}

/** How much text came in each of so many equal parts of the width. */
export function densityOf(pieces: readonly { at: number; size: number }[], scale: Scale, parts: number): number[] {
  const found = Array.from({ length: parts }, () => 0);
  for (const { at, size } of pieces) {
    const index = Math.min(parts - 1, Math.floor(scale.x(at) * parts));
    found[index] = (found[index] ?? 0) + size;
  }
  return found;
}
