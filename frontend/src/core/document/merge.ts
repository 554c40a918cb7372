/** Two people have changed one document: what both did, put together by node and by edge. */
import type { Document } from "./document";
import { sameDocument } from "./keep";

export interface Merge {
  document: Document;
  /** Names of the parts that both changed in different ways; mine were taken. */
  conflicts: string[];
}

/** `base` is what both began with. */
export function merge(base: Document, mine: Document, theirs: Document): Merge {
  const conflicts: string[] = [];
  const pick = (name: string, before: unknown, ours: unknown, other: unknown): unknown => {
    if (sameDocument(ours, before)) return other;
    if (!sameDocument(other, before) && !sameDocument(other, ours)) conflicts.push(name);
    return ours;
  };
  const list = <Part extends { id: string }>(key: "nodes" | "edges"): Part[] => {
    const maps = [base, mine, theirs].map(
      (one) => new Map((one[key] as unknown as Part[]).map((part) => [part.id, part])),
    );
    const [before, ours, other] = maps as [Map<string, Part>, Map<string, Part>, Map<string, Part>];
    const ids = new Set([...other.keys(), ...ours.keys()]);
    return [...ids].flatMap((id) => {
      const kept = pick(id, before.get(id), ours.get(id), other.get(id));
      return kept === undefined ? [] : [kept as Part];
    });
  };
  const document: Document = { ...theirs, nodes: list("nodes"), edges: list("edges") };
  for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    if (key === "nodes" || key === "edges") continue;
    const value = pick(key, base[key], mine[key], theirs[key]);
    if (value === undefined) delete document[key];
    else document[key] = value;
  }
  const ids = new Set(document.nodes.map((node) => node.id));
  document.edges = document.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target));
  return { document, conflicts };
}
