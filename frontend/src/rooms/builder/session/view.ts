/** How the workflow is looked at: what is selected, which parts are open. Nothing of it is saved with the document. */
import { createStore } from "zustand";
import type { Point } from "~/core/document/document";
import type { Mismatch } from "~/core/nodes/typed";

export type DockTab = "debug" | "problems" | "timeline" | "logs" | "output";

export interface ViewState {
  selected: ReadonlySet<string>;
  selectedEdges: ReadonlySet<string>;
  tool: "select" | "hand";
  palette: boolean;
  panel: boolean;
  dock: DockTab | null;
  list: boolean;
  /** Keep the node that works in view. */
  follow: boolean;
  /** Where something is being added, and what it comes after. */
  adding: { at: Point; screen: Point; from: { node: string; port: string } | null; into?: string } | null;
  /** The field that the panel shall open with the cursor in. */
  focusField: string | null;
  /** The tab that the panel shall open with. */
  panelTab: string | null;
  /** Only activations of this status are lit. */
  only: string | null;
  asking: boolean;
  /** A track that was refused because of its type, and the fields that would do. */
  picking: (Mismatch & { source: string; target: string; port: string }) | null;
}

export type View = ReturnType<typeof createView>;

const NOTHING: ReadonlySet<string> = new Set();

export function createView() {
  const store = createStore<ViewState>(() => ({
    selected: NOTHING,
    selectedEdges: NOTHING,
    tool: "select",
    palette: true,
    panel: true,
    dock: null,
    list: false,
    follow: true,
    adding: null,
    focusField: null,
    panelTab: null,
    only: null,
    asking: false,
    picking: null,
  }));
  return {
    ...store,
    select: (...ids: string[]) =>
      store.setState({ selected: new Set(ids), selectedEdges: NOTHING, focusField: null, panelTab: null }),
    selectEdges: (...ids: string[]) => store.setState({ selected: NOTHING, selectedEdges: new Set(ids) }),
  };
}
