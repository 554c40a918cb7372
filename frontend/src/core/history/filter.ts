/** Which runs the history shows. It lives in the address, so that a link shows the same. */
export const SPANS = ["hour", "day", "week", "month", "ever"] as const;
export type Span = (typeof SPANS)[number];

export const OUTCOMES = ["running", "waiting", "paused", "failed", "completed", "cancelled"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Filter {
  status?: Outcome;
  workflow?: string;
  q?: string;
  span?: Span;
  /** A stretch of time, as milliseconds since 1970; instead of `span`. */
  from?: number;
  to?: number;
  /** Those that began first come first. */
  order?: "oldest";
}

export const USUAL_SPAN: Span = "week";

export function readFilter(search: Record<string, unknown>): Filter {
  const { status, workflow, q, span } = search;
  const [from, to] = [Number(search.from), Number(search.to)];
  return {
    ...(isOutcome(status) && { status }),
    ...(typeof workflow === "string" && workflow && { workflow }),
    ...((typeof q === "string" || typeof q === "number") && q !== "" ? { q: String(q).slice(0, 200) } : {}),
    ...(isSpan(span) && span !== USUAL_SPAN ? { span } : {}),
    ...(from > 0 && from < to ? { from, to } : {}),
    ...(search.order === "oldest" ? { order: "oldest" as const } : {}),
  };
}

const isOutcome = (value: unknown): value is Outcome => OUTCOMES.some((one) => one === value);
const isSpan = (value: unknown): value is Span => SPANS.some((one) => one === value);
