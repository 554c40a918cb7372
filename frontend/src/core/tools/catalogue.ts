/** Which tools are shown, and how they are grouped. */
import type { ToolEntry } from "~/api/types";
import { match } from "../commands/search";
import { type Chosen, type Source, SOURCES } from "./chosen";

export function wantedTools(list: readonly ToolEntry[], { from, q = "" }: Chosen): ToolEntry[] {
  const found = list.filter((tool) => !from || tool.source === from);
  if (!q.trim()) return found;
  const scored = found.flatMap((tool) => {
    const name = match(q, tool.title);
    const text = tool.description.toLowerCase().includes(q.trim().toLowerCase());
    return name || text ? [{ tool, score: name ? name.score : 10 }] : [];
  });
  return scored.toSorted((a, b) => b.score - a.score).map(({ tool }) => tool);
}

/** The server of a tool, for those of MCP servers. */
export const serverOf = (tool: ToolEntry): string =>
  tool.source === "mcp" ? (tool.title.split("/", 1)[0] ?? tool.title) : "";

/** What people see of the name: within its group, without the group. */
export const shortName = (tool: ToolEntry): string =>
  tool.source === "mcp" ? tool.title.slice(serverOf(tool).length + 1) : tool.title;

/** `[source, server, tools]`, in the order in which they are shown. */
export function groupsOfTools(list: readonly ToolEntry[]): [Source, string, ToolEntry[]][] {
  const groups = new Map<string, [Source, string, ToolEntry[]]>();
  for (const source of SOURCES) {
    for (const tool of list.filter((one) => one.source === source)) {
      const key = `${source} ${serverOf(tool)}`;
      const group = groups.get(key) ?? [source, serverOf(tool), []];
      group[2].push(tool);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}
