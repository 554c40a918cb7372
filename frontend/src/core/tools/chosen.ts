/** What of the tools is shown, as the address says it. It stands alone: every page loads it. */
import type { ToolEntry } from "~/api/types";

export type Source = ToolEntry["source"];
export const SOURCES: Source[] = ["built-in", "mcp", "own"];

export interface Chosen {
  tool?: string;
  from?: Source;
  q?: string;
}

export function readChosenTool(search: Record<string, unknown>): Chosen {
  const { tool, from, q } = search;
  const source = SOURCES.find((one) => one === from);
  return {
    ...(typeof tool === "string" && tool ? { tool } : {}),
    ...(source ? { from: source } : {}),
    ...(typeof q === "string" && q ? { q } : {}),
  };
}
