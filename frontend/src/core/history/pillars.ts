/** What a filter asks the server for, and the bars of the runs over time. */
import { type Filter, type Span, USUAL_SPAN } from "./filter";

const SECONDS: Record<Exclude<Span, "ever">, number> = { hour: 3_600, day: 86_400, week: 604_800, month: 2_592_000 };
const BARS = 72;

/** What the server is asked about; `status` is left out where all of them are counted. */
export interface Wanted {
  workflow_id?: string;
  q?: string;
  since?: string;
  until?: string;
}

export function wantedBy({ workflow, q, span = USUAL_SPAN, from, to }: Filter, now: number): Wanted {
  const between = from !== undefined && to !== undefined;
  const since = between ? from : span === "ever" ? null : now - SECONDS[span] * 1_000;
  return {
    ...(workflow && { workflow_id: workflow }),
    ...(q && { q }),
    ...(since !== null && { since: new Date(since).toISOString() }),
    ...(between && { until: new Date(to).toISOString() }),
  };
}

/** The stretches of time that the bars stand for, round ones, so that they stay where they are while time goes on. */
export interface Stretches {
  since: number;
  widthS: number;
  count: number;
}

export function stretchesOf({ span = USUAL_SPAN }: Filter, now: number): Stretches {
  const whole = span === "ever" ? SECONDS.month * 3 : SECONDS[span];
  const widthS = Math.ceil(whole / BARS);
  const last = Math.floor(now / 1_000 / widthS) * widthS;
  return { since: (last - (BARS - 1) * widthS) * 1_000, widthS, count: BARS };
}

export interface Count {
  begins_at: string | null;
  status: string;
  count: number;
}

export interface Pillar {
  from: number;
  to: number;
  total: number;
  failed: number;
  open: number;
}

/** The bars, oldest first: how many runs began in each stretch, how many of them failed or are still open. */
export function pillarsOf(counts: readonly Count[], { since, widthS, count }: Stretches): Pillar[] {
  const width = widthS * 1_000;
  const pillars: Pillar[] = Array.from({ length: count }, (_, index) => ({
    from: since + index * width,
    to: since + (index + 1) * width,
    total: 0,
    failed: 0,
    open: 0,
  }));
  for (const one of counts) {
    const pillar = one.begins_at && pillars[Math.round((Date.parse(one.begins_at) - since) / width)];
    if (!pillar) continue;
    pillar.total += one.count;
    if (one.status === "failed") pillar.failed += one.count;
    if (isOpen(one.status)) pillar.open += one.count;
  }
  return pillars;
}

export const isOpen = (status: string): boolean => ["pending", "running", "waiting", "paused"].includes(status);
