/** How node types look and how big they are. A type that is not in the list (a plug-in's) is drawn as a plain card. */
import { configOf, type DocumentNode, isObject } from "../document/document";

export type Tint = "term" | "agent" | "tool" | "cond" | "loop" | "map" | "sub" | "human";
export type Shape = "pill" | "card" | "branch" | "container";

interface Kind {
  tint: Tint;
  shape: Shape;
  /** The name of the icon, as the server gives it. */
  icon: string;
}

const KINDS: Record<string, Kind> = {
  start: { tint: "term", shape: "pill", icon: "play" },
  end: { tint: "term", shape: "pill", icon: "flag" },
  agent: { tint: "agent", shape: "card", icon: "bot" },
  tool: { tint: "tool", shape: "card", icon: "wrench" },
  code: { tint: "tool", shape: "card", icon: "code" },
  http: { tint: "tool", shape: "card", icon: "globe" },
  condition: { tint: "cond", shape: "branch", icon: "split" },
  router: { tint: "cond", shape: "branch", icon: "split" },
  loop: { tint: "loop", shape: "container", icon: "repeat" },
  map: { tint: "map", shape: "container", icon: "layers" },
  parallel: { tint: "map", shape: "container", icon: "columns-3" },
  workflow: { tint: "sub", shape: "card", icon: "workflow" },
  human: { tint: "human", shape: "card", icon: "user" },
  delay: { tint: "sub", shape: "card", icon: "clock" },
};
const UNKNOWN: Kind = { tint: "sub", shape: "card", icon: "box" };

export const kindOf = (type: string): Kind => KINDS[type] ?? UNKNOWN;
export const isContainer = (type: string): boolean => kindOf(type).shape === "container";

/** What goes over a port, shown by its shape. */
export type PortType = "any" | "text" | "json" | "list" | "file";

export interface Port {
  name: string;
  type: PortType;
}

/** What the catalogue says about the outlets of a type. */
export interface PortSpec {
  ports: string[];
  ports_from: (string | null)[] | null;
  takes?: PortType;
  gives?: PortType;
}

/** The outlets of a node, as it is configured. */
export function outletsOf(node: DocumentNode, spec: PortSpec | undefined): Port[] {
  const type = givenBy(node, spec);
  const fixed = spec?.ports ?? ["out"];
  const named = namedOutlets(node, spec);
  // A question with choices goes on by the choice; the plain outlet would be followed besides.
  const names = node.type === "human" && named.length > 0 ? named : [...named, ...fixed];
  return [...new Set(names)].map((name) => ({ name, type }));
}

function namedOutlets(node: DocumentNode, spec: PortSpec | undefined): string[] {
  const [key, field] = spec?.ports_from ?? [];
  if (!key) return [];
  const list = configOf(node)[key];
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry) => {
    const name = field ? isObject(entry) && entry[field] : entry;
    return typeof name === "string" && name ? [name] : [];
  });
}

/** What a node gives as a whole. */
export function givenBy(node: DocumentNode, spec: PortSpec | undefined): PortType {
  return configOf(node).output_schema ? "json" : (spec?.gives ?? "any");
}

/** What a node must receive: only a loop over a list needs one. */
export function takenBy(node: DocumentNode, spec: PortSpec | undefined): PortType {
  const kind = configOf(node).loop_type;
  return kind && kind !== "for_each" ? "any" : (spec?.takes ?? "any");
}
