/**
 * How somebody wants to look into the runs of a workflow: where they stop, what is watched, what is not really done.
 * Kept in this browser, by workflow.
 */
import { createStore } from "zustand";

export type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;

export const WHENS = ["before", "after", "error", "call", "effect"] as const;

export interface Breakpoint {
  node: string;
  when: (typeof WHENS)[number];
  condition: string;
}

/** What stands in for a node or a tool: the output is JSON, as somebody writes it. */
export interface Stub {
  of: "node" | "tool";
  name: string;
  output: string;
}

export interface Plan {
  points: readonly Breakpoint[];
  watches: readonly string[];
  stubs: readonly Stub[];
}

/** As the server takes it. */
export interface Wishes {
  breakpoints: { node: string; when: Breakpoint["when"]; condition?: string }[];
  stubs: { node?: string; tool?: string; output: unknown }[];
}

export type Debugging = ReturnType<typeof createDebugging>;

const NOTHING: Plan = { points: [], watches: [], stubs: [] };

export function createDebugging(workflowId: string, storage: () => Storage = () => localStorage) {
  const key = `pointwork.debug.${workflowId}`;
  const store = createStore<Plan>(() => read(key, storage));
  const set = (change: Partial<Plan>) => {
    store.setState(change);
    write(key, store.getState(), storage);
  };
  return {
    store,
    set,
    /** Pause runs before a node, or no more. */
    toggle(node: string): void {
      const { points } = store.getState();
      const others = points.filter((point) => point.node !== node || point.when !== "before");
      set({ points: others.length < points.length ? others : [...points, { node, when: "before", condition: "" }] });
    },
    wishes: (known: ReadonlySet<string>): Wishes => wishesOf(store.getState(), known),
  };
}

/** What is asked of the server: without what names a node that is gone, and without outputs that are no JSON. */
export function wishesOf({ points, stubs }: Plan, known: ReadonlySet<string>): Wishes {
  return {
    breakpoints: points
      .filter(({ node, when }) => known.has(node) || (node === "*" && when === "effect"))
      .map(({ node, when, condition }) => ({ node, when, ...(condition.trim() && { condition }) })),
    stubs: stubs.flatMap(({ of, name, output }) => {
      const value = parsed(output);
      return value === undefined || !name || (of === "node" && !known.has(name)) ? [] : [{ [of]: name, output: value }];
    }),
  };
}

/** The value that a text is JSON for; undefined if it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function read(key: string, storage: () => Storage): Plan {
  try {
    const kept: unknown = JSON.parse(storage().getItem(key) ?? "{}");
    const { points, watches, stubs } = isRecord(kept) ? kept : {};
    return {
      points: list(points).flatMap((one) =>
        isRecord(one) && typeof one.node === "string" && WHENS.includes(one.when as "before")
          ? [{ node: one.node, when: one.when as "before", condition: text(one.condition) }]
          : [],
      ),
      watches: list(watches).filter((one) => typeof one === "string"),
      stubs: list(stubs).flatMap((one) =>
        isRecord(one) && (one.of === "node" || one.of === "tool")
          ? [{ of: one.of, name: text(one.name), output: text(one.output) }]
          : [],
      ),
    };
  } catch {
    return NOTHING;
  }
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function write(key: string, plan: Plan, storage: () => Storage): void {
  try {
    if (plan.points.length + plan.watches.length + plan.stubs.length > 0) storage().setItem(key, JSON.stringify(plan));
    else storage().removeItem(key);
  } catch {
    // A browser that keeps nothing still has it until the page is left.
  }
}
