/** The rows of the waterfall: spans as a tree, with what they used all in all. */
import { added, isGoing, NO_USE, type Span, type SpanUse } from "./span";

export interface Row {
  span: Span;
  depth: number;
  children: number;
  start: number | null;
  end: number | null;
  /** With everything inside. */
  use: SpanUse;
  /** Whether something inside failed. */
  trouble: boolean;
  /** It holds others, and does nothing by itself. */
  container: boolean;
}

interface Folded {
  start: number | null;
  end: number | null;
  use: SpanUse;
  trouble: boolean;
  status: Span["status"];
}

/** All rows in order, those inside `folded` ones left out. `single`: containers that have one round, which says nothing. */
export function rowsOf(
  spans: Iterable<Span>,
  folded: ReadonlySet<string>,
  single: (nodeId: string) => boolean = () => false,
): Row[] {
  const inside = new Map<string | null, Span[]>();
  const known = new Map<string, Span>();
  for (const span of spans) known.set(span.key, span);
  const shownParent = (span: Span): string | null => {
    let parent = span.parent === null ? undefined : known.get(span.parent);
    while (parent?.kind === "round" && single(parent.nodeId)) {
      parent = parent.parent === null ? undefined : known.get(parent.parent);
    }
    return parent?.key ?? null;
  };
  for (const span of known.values()) {
    if (span.kind === "round" && single(span.nodeId)) continue;
    const parent = shownParent(span);
    const list = inside.get(parent);
    if (list) list.push(span);
    else inside.set(parent, [span]);
  }
  const rows: Row[] = [];
  const walk = (span: Span, depth: number, shown: boolean): Folded => {
    const children = inside.get(span.key) ?? [];
    const row: Row = {
      span,
      depth,
      children: children.length,
      start: span.start,
      end: span.end,
      use: span.use,
      trouble: false,
      container: span.kind === "round" || children.some((child) => child.kind !== "step"),
    };
    if (shown) rows.push(row);
    const open = shown && !folded.has(span.key);
    const inner = children.map((child) => walk(child, depth + 1, open));
    row.use = inner.reduce((sum, one) => added(sum, one.use), span.use);
    row.trouble = inner.some((one) => one.trouble || one.status === "failed");
    if (span.kind === "round") {
      row.start = least(inner.map((one) => one.start));
      row.end = inner.some((one) => isGoing(one)) ? null : most(inner.map((one) => one.end));
      span.status = statusOf(inner);
    }
    return { start: row.start, end: row.end, use: row.use, trouble: row.trouble, status: span.status };
  };
  for (const span of inside.get(null) ?? []) walk(span, 0, true);
  return rows;
}

const numbers = (list: (number | null)[]): number[] => list.filter((one) => one !== null);
const least = (list: (number | null)[]): number | null =>
  numbers(list).length > 0 ? Math.min(...numbers(list)) : null;
const most = (list: (number | null)[]): number | null => (numbers(list).length > 0 ? Math.max(...numbers(list)) : null);

function statusOf(inner: readonly Folded[]): Span["status"] {
  const some = (status: Span["status"]) => inner.some((one) => one.status === status);
  if (some("running") || some("pending")) return "running";
  if (some("waiting")) return "waiting";
  if (some("cancelled")) return "cancelled";
  if (inner.at(-1)?.status === "failed") return "failed";
  return inner.length > 0 && inner.every((one) => one.status === "skipped") ? "skipped" : "completed";
}

export interface Totals extends SpanUse {
  workingMs: number;
  waitingMs: number;
  retries: number;
  toolCalls: number;
}

/** What the run took and used, all in all. */
export function totalsOf(spans: Iterable<Span>, start: number | null, end: number, waitingMs: number): Totals {
  let use = NO_USE;
  let [retries, toolCalls] = [0, 0];
  for (const span of spans) {
    use = added(use, span.use);
    if (span.kind === "node" && span.attempt > 1) retries += 1;
    if (span.kind === "step" && span.stepKind === "tool" && !isGoing(span)) toolCalls += 1;
  }
  const whole = start === null ? 0 : Math.max(0, end - start);
  return { ...use, workingMs: Math.max(0, whole - waitingMs), waitingMs, retries, toolCalls };
}

/** A span and everything inside it. */
export function within(spans: ReadonlyMap<string, Span>, key: string): Span[] {
  const inside = (span: Span): boolean => {
    let at: Span | undefined = span;
    while (at && at.key !== key) at = at.parent === null ? undefined : spans.get(at.parent);
    return at !== undefined;
  };
  return [...spans.values()].filter(inside);
}

export interface Share {
  name: string;
  use: SpanUse;
}

/** Where the money (or, without prices, the tokens) went: by node, the most first. */
export function sharesOf(spans: Iterable<Span>): Share[] {
  const byNode = new Map<string, SpanUse>();
  for (const { nodeId, use } of spans) {
    if (use.modelCalls > 0) byNode.set(nodeId, added(byNode.get(nodeId) ?? NO_USE, use));
  }
  const weight = ({ use }: Share) => (use.cost ?? 0) * 1e9 + use.input + use.output;
  return [...byNode].map(([name, use]) => ({ name, use })).sort((a, b) => weight(b) - weight(a));
}
