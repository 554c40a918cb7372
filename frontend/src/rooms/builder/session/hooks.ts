import { createContext, use, useSyncExternalStore } from "react";
import { useStore } from "zustand";
import type { Document, DocumentNode } from "~/core/document/document";
import type { Activation } from "~/core/run/activation";
import type { LiveHead } from "~/core/run/live";
import type { RoundCount } from "~/core/run/rounds";
import type { RunShown } from "./runView";
import type { Session } from "./session";
import type { ViewState } from "./view";

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("Outside of a workflow.");
  return session;
}

export function useDocument<T>(select: (document: Document) => T): T {
  return useStore(useSession().documents.store, (state) => select(state.document));
}

/** One node of the document; the component is drawn anew only when that node changes. */
export function useNode(id: string): DocumentNode | undefined {
  return useDocument((document) => document.nodes.find((node) => node.id === id));
}

export function useView<T>(select: (state: ViewState) => T): T {
  return useStore(useSession().view, select);
}

export function useShownRun(): RunShown | null {
  return useStore(useSession().run.store, (state) => state.shown);
}

const never = () => () => {};

/** What a node does in the run on show, as of the last frame. */
export function useActivation(id: string): Activation | undefined {
  const live = useShownRun()?.live;
  return useSyncExternalStore(live ? (listener) => live.subscribe(id, listener) : never, () => live?.node(id));
}

/** How far a container is. The snapshot is a text, because numbers that stay the same need no drawing. */
export function useRounds(id: string): RoundCount {
  const live = useShownRun()?.live;
  const text = useSyncExternalStore(live ? (listener) => live.subscribe(id, listener) : never, () => {
    const { begun, ended, failed } = live?.rounds(id) ?? { begun: 0, ended: 0, failed: 0 };
    return `${begun} ${ended} ${failed}`;
  });
  const [begun = 0, ended = 0, failed = 0] = text.split(" ").map(Number);
  return { begun, ended, failed };
}

/** The run as a whole. */
export function useRunHead(): LiveHead | undefined {
  const live = useShownRun()?.live;
  return useSyncExternalStore(live ? (listener) => live.subscribe("*", listener) : never, () => live?.head);
}

/** Whether the run is paused before a node goes on, or only at one that may have ended. */
export function usePausedAt(id: string): "before" | "at" | null {
  const live = useShownRun()?.live;
  return useSyncExternalStore(live ? (listener) => live.subscribe("*", listener) : never, () => {
    const pause = live?.head.pause;
    if (!pause || pause.key !== id) return null;
    return pause.when === "before" || pause.when === "call" ? "before" : "at";
  });
}

export function useRunVersion(): number {
  const live = useShownRun()?.live;
  return useSyncExternalStore(live ? (listener) => live.subscribe("*", listener) : never, () => live?.version ?? 0);
}

export function useProblems() {
  return useStore(useSession().problems.store);
}
