/**
 * The document that is being edited, with undo. One edit is one step; edits of the same group within half a second
 * (typing in a field) are one step together.
 */
import { produce } from "immer";
import { temporal } from "zundo";
import { createStore } from "zustand";
import type { Document } from "./document";
import type { Edit } from "./edit";

const STEPS = 200;
const TYPING_MS = 500;

export interface DocumentState {
  document: Document;
}

export type DocumentStore = ReturnType<typeof createDocumentStore>;

export function createDocumentStore(document: Document, now: () => number = Date.now) {
  const store = createStore<DocumentState>()(
    temporal((): DocumentState => ({ document }), {
      limit: STEPS,
      equality: (past, current) => past.document === current.document,
    }),
  );
  const history = store.temporal;
  let group: string | undefined;
  let at = 0;

  return {
    get: () => store.getState().document,
    subscribe: store.subscribe,
    store,

    /** Change the document. Edits with the same `into` within half a second are undone together. */
    edit(change: Edit, into?: string): void {
      const joins = into !== undefined && into === group && now() - at < TYPING_MS && canUndo();
      [group, at] = [into, now()];
      const { document: before } = store.getState();
      const after = produce(before, change);
      if (after === before) return;
      if (joins) history.getState().pause();
      store.setState({ document: after });
      history.getState().resume();
    },

    /** Take over what was saved elsewhere; that is no step of this user. */
    replace(other: Document): void {
      history.getState().pause();
      store.setState({ document: other });
      history.getState().resume();
    },

    undo(): void {
      group = undefined;
      history.getState().undo();
    },
    redo(): void {
      group = undefined;
      history.getState().redo();
    },
    canUndo,
    canRedo: () => history.getState().futureStates.length > 0,
    subscribeHistory: history.subscribe,

    /** The steps before and after, to be kept over a reload. */
    steps: (): Steps => ({
      past: history.getState().pastStates.flatMap((state) => state.document ?? []),
      future: history.getState().futureStates.flatMap((state) => state.document ?? []),
    }),
    restoreSteps({ past, future }: Steps): void {
      history.setState({
        pastStates: past.map((one) => ({ document: one })),
        futureStates: future.map((one) => ({ document: one })),
      });
    },
  };

  function canUndo(): boolean {
    return history.getState().pastStates.length > 0;
  }
}

export interface Steps {
  past: Document[];
  future: Document[];
}
