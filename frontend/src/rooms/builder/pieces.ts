import { t } from "@lingui/core/macro";
import { server } from "~/api/client";
import type { Wanted } from "./canvas/adding";
import { useSession } from "./session/hooks";

/** Something that can be put on the canvas. */
export interface Piece {
  id: string;
  label: string;
  note: string;
  wanted: Wanted;
}

const ORDER = [
  "start",
  "agent",
  "tool",
  "condition",
  "router",
  "loop",
  "map",
  "parallel",
  "workflow",
  "human",
  "code",
  "http",
  "delay",
  "end",
];

/** All node types of this server, those of plug-ins at the end. */
export function useNodePieces(): Piece[] {
  const { catalogue } = useSession();
  return [...catalogue.types.values()]
    .map((type) => ({ id: type.type, label: shortName(type.type, type.title), note: "", wanted: { type: type.type } }))
    .sort((a, b) => rank(a.id) - rank(b.id));
}

const rank = (type: string): number => ORDER.indexOf(type) + 1 || ORDER.length + 1;

export function useToolPieces(): Piece[] {
  const tools = server.useQuery("get", "/api/tools");
  return (tools.data ?? []).map((tool) => ({
    id: `tool ${tool.name}`,
    label: tool.title,
    note: tool.title.includes("/") ? t`MCP` : t`built in`,
    wanted: { type: "tool", name: words(tool.name), config: { tool_name: tool.name } },
  }));
}

export function usePieces(): Piece[] {
  return [...useNodePieces(), ...useToolPieces()];
}

function words(name: string): string {
  const text = name.replaceAll(/[_/]+/g, " ").trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Names that fit on a button of the palette. */
function shortName(type: string, title: string): string {
  switch (type) {
    case "human":
      return t`Human`;
    case "http":
      return t`HTTP`;
    default:
      return title;
  }
}
