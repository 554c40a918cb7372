import { type ReactNode, useEffect } from "react";
import { create } from "zustand";
import type { Hit } from "~/core/commands/search";

/** Something that the palette found. */
export interface Finding extends Hit {
  id: string;
  section: string;
  label: string;
  /** What it is, at the end of the line. */
  kind: string;
  keys?: string | undefined;
  icon?: ReactNode;
  run: () => void;
  /** With Shift: add it and connect it to what is selected. */
  connect?: () => void;
}

export type Finder = (query: string) => Finding[];

const useStore = create<{ finders: Finder[] }>(() => ({ finders: [] }));

/** Let the palette find what this room knows, while it is shown. */
export function useFinder(finder: Finder): void {
  useEffect(() => {
    useStore.setState(({ finders }) => ({ finders: [...finders, finder] }));
    return () => useStore.setState(({ finders }) => ({ finders: finders.filter((other) => other !== finder) }));
  }, [finder]);
}

export function useFinders(): Finder[] {
  return useStore((state) => state.finders);
}
