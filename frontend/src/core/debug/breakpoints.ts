/** Breakpoints of a workflow, kept in this browser: the nodes before which its runs stop, so that somebody can look. */
import { createStore } from "zustand";

export type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;

export interface Breakpoint {
  node: string;
  when: "before";
}

export type Breakpoints = ReturnType<typeof createBreakpoints>;

export function createBreakpoints(workflowId: string, storage: () => Storage = () => localStorage) {
  const key = `pointwork.breakpoints.${workflowId}`;
  const store = createStore<{ nodes: ReadonlySet<string> }>(() => ({ nodes: read(key, storage) }));
  return {
    store,
    /** Set one, or take it away again. */
    toggle(node: string): void {
      const nodes = new Set(store.getState().nodes);
      if (!nodes.delete(node)) nodes.add(node);
      store.setState({ nodes });
      write(key, nodes, storage);
    },
    /** Those at nodes that there are, as the server takes them. */
    among(known: Iterable<string>): Breakpoint[] {
      const { nodes } = store.getState();
      return [...known].filter((id) => nodes.has(id)).map((node) => ({ node, when: "before" }));
    },
  };
}

function read(key: string, storage: () => Storage): ReadonlySet<string> {
  try {
    const kept: unknown = JSON.parse(storage().getItem(key) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : []);
  } catch {
    return new Set();
  }
}

function write(key: string, nodes: ReadonlySet<string>, storage: () => Storage): void {
  try {
    if (nodes.size > 0) storage().setItem(key, JSON.stringify([...nodes]));
    else storage().removeItem(key);
  } catch {
    // A browser that keeps nothing still has them until the page is left.
  }
}
