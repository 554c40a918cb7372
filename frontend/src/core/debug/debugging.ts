/**
 * How somebody wants to look into the runs of a workflow: where they stop, what is watched, what is not really done.
 * Kept in this browser, by workflow.
 */
import { createStore } from "zustand";

export type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;

export interface Breakpoint {
  node: string;
  when: "before" | "after" | "error" | "call" | "effect";
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

/** As the server takes it. `broken`: what a stub is for that cannot be sent, so that nothing goes on. */
export interface Wishes {
  broken: string | null;
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
export function wishesOf(plan: Plan, known: ReadonlySet<string>): Wishes {
  const { points, stubs } = plan;
  return {
    broken: brokenStub(plan),
    breakpoints: points
      .filter(({ node, when }) => known.has(node) || (node === "*" && when === "effect"))
      .map(({ node, when, condition }) => ({ node, when, ...(condition.trim() && { condition }) })),
    stubs: stubs.flatMap(({ of, name, output }) => {
      const value = parsed(output);
      return value === undefined || !name || (of === "node" && !known.has(name)) ? [] : [{ [of]: name, output: value }];
    }),
  };
}

/** What a stub stands in for whose output cannot be read; a run must not go on without it as if it had none. */
export const brokenStub = ({ stubs }: Plan): string | null =>
  stubs.find(({ name, output }) => !name || parsed(output) === undefined)?.name ?? null;

/** The value that a text is JSON for; undefined if it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Nobody else writes there; what cannot be read, or is no list, is nothing. */
function read(key: string, storage: () => Storage): Plan {
  try {
    const kept = JSON.parse(storage().getItem(key) ?? "{}") as Partial<Plan>;
    return { points: list(kept.points), watches: list(kept.watches), stubs: list(kept.stubs) };
  } catch {
    return NOTHING;
  }
}

const list = <T>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? value : []);

function write(key: string, plan: Plan, storage: () => Storage): void {
  try {
    if (plan.points.length + plan.watches.length + plan.stubs.length > 0) storage().setItem(key, JSON.stringify(plan));
    else storage().removeItem(key);
  } catch {
    // A browser that keeps nothing still has it until the page is left.
  }
}
