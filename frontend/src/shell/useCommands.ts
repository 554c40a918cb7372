import { useEffect, useSyncExternalStore } from "react";
import { type Command, commands } from "~/core/commands/registry";

/** Offer these commands while the component is shown. The list must stay the same from render to render. */
export function useCommands(list: readonly Command[]): void {
  useEffect(() => commands.add(list), [list]);
}

export function useCommandList(): readonly Command[] {
  return useSyncExternalStore(commands.subscribe, commands.list);
}
