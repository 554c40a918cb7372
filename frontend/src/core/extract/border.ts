/** The border around the nodes that shall become a workflow of their own: who is inside, what crosses, what may not. */
import { type Document, type DocumentEdge, type DocumentNode, nodeOf, portOf, titleOf } from "../document/document";
import { after, childrenOf, withInner } from "../document/graph";

export type Why = "nothing" | "levels" | "around" | "ports" | "ways" | "entries" | "given" | "whole" | "consumer";

/** Why a selection cannot be a workflow of its own, and the node that is in the way. */
export class Refusal extends Error {
  constructor(
    readonly why: Why,
    readonly node = "",
  ) {
    super(`${why} ${node}`);
  }
}

export interface Border {
  parent: string | null;
  /** The nodes of this level that go in; `all` has what is inside of them too. */
  top: DocumentNode[];
  all: ReadonlySet<string>;
  incoming: DocumentEdge[];
  outgoing: DocumentEdge[];
  within: DocumentEdge[];
  /** Those that begin, and those whose result leaves. */
  entries: DocumentNode[];
  exits: DocumentNode[];
  /** Nodes that run in every run that comes to their level. */
  sure: ReadonlySet<string>;
}

/** Start and end stay where they are: a workflow of its own gets its own. */
export function borderOf(
  document: Document,
  ids: ReadonlySet<string>,
  outlets: (node: DocumentNode) => string[],
): Border {
  const chosen = document.nodes.filter((node) => ids.has(node.id) && node.type !== "start" && node.type !== "end");
  const top = chosen.filter((node) => !node.parent || !withInner(document, ids).has(node.parent));
  const [first] = top;
  if (!first) throw new Refusal("nothing");
  const parent = first.parent ?? null;
  const stranger = top.find((node) => (node.parent ?? null) !== parent);
  if (stranger) throw new Refusal("levels", titleOf(stranger));
  const own = new Set(top.map((node) => node.id));
  const all = withInner(document, own);
  const incoming = document.edges.filter((edge) => !all.has(edge.source) && all.has(edge.target));
  const outgoing = document.edges.filter((edge) => all.has(edge.source) && !all.has(edge.target));
  const within = document.edges.filter((edge) => all.has(edge.source) && all.has(edge.target));
  for (const { target } of outgoing) {
    if ([...after(document, target)].some((id) => own.has(id))) throw new Refusal("around", nameOf(document, target));
  }
  const level = childrenOf(document, parent);
  const sure = sureOf(level, document.edges);
  const hasEnd = level.some((node) => node.type === "end");
  const leaves = new Set(outgoing.map((edge) => edge.source));
  const tails = top.filter((node) => !document.edges.some((edge) => edge.source === node.id));
  const exits = top.filter((node) => leaves.has(node.id) || (tails.includes(node) && (!hasEnd || leaves.size === 0)));
  const reached = new Set(incoming.map((edge) => edge.target));
  const entries = top.filter((node) => reached.has(node.id) || !document.edges.some((edge) => edge.target === node.id));
  const border = { parent, top, all, incoming, outgoing, within, entries, exits, sure };
  checkEntries(document, border);
  checkExits(document, border, outlets);
  return border;
}

export const nameOf = (document: Document, id: string): string => titleOf(nodeOf(document, id) ?? { id });

/** Where a node's tracks come from outside, as one text. */
export const origin = (border: Border, id: string): string =>
  border.incoming
    .filter((edge) => edge.target === id)
    .map((edge) => `${edge.source} ${portOf(edge)}`)
    .sort()
    .join("\n");

function sureOf(nodes: readonly DocumentNode[], edges: readonly DocumentEdge[]): Set<string> {
  const sure = new Set(nodes.map((node) => node.id));
  for (let known = -1; known !== sure.size;) {
    known = sure.size;
    for (const edge of edges) {
      const free = portOf(edge) !== "out" || (nodes.some((node) => node.id === edge.source) && !sure.has(edge.source));
      if (free) sure.delete(edge.target);
    }
  }
  return sure;
}

/** The new node runs when any track to it is live; all that begins in it has to begin then. */
function checkEntries(document: Document, border: Border): void {
  const origins = new Set(border.entries.map((node) => origin(border, node.id)));
  const unsure = border.incoming.find((edge) => portOf(edge) !== "out" || !border.sure.has(edge.source));
  if (origins.size > 1 && unsure) throw new Refusal("entries", nameOf(document, unsure.target));
}

/** It goes on by one way, always; so must what it replaces. */
function checkExits(document: Document, border: Border, outlets: (node: DocumentNode) => string[]): void {
  const { top, within, exits, outgoing } = border;
  const named = outgoing.find((edge) => portOf(edge) !== "out");
  if (named) throw new Refusal("ports", nameOf(document, named.source));
  const surely = sureOf(top, within);
  if (exits.every((node) => surely.has(node.id))) return;
  const targets = (node: DocumentNode) =>
    outgoing
      .filter((edge) => edge.source === node.id)
      .map((edge) => edge.target)
      .sort()
      .join("\n");
  const [first] = exits;
  const other = exits.find((node) => first && targets(node) !== targets(first));
  if (other) throw new Refusal("ways", titleOf(other));
  const leaving = new Set(exits.map((node) => node.id));
  for (const node of top) {
    const dead = !leaving.has(node.id) && ![...after(document, node.id)].some((id) => leaving.has(id));
    const open = outlets(node).some(
      (port) => port !== "out" && !within.some((edge) => edge.source === node.id && portOf(edge) === port),
    );
    if (dead || open) throw new Refusal("ways", titleOf(node));
  }
}
