/** Questions about the drawing: who is inside whom, what comes after what, would this be a circle. */
import { type Document, type DocumentNode, placeOf } from "./document";

export function childrenOf(document: Document, parent: string | null): DocumentNode[] {
  return document.nodes.filter((node) => (node.parent ?? null) === parent);
}

/** The ids, and those of everything inside them. */
export function withInner(document: Document, ids: Iterable<string>): Set<string> {
  const found = new Set(ids);
  for (let known = -1; known !== found.size;) {
    known = found.size;
    for (const node of document.nodes) if (node.parent && found.has(node.parent)) found.add(node.id);
  }
  return found;
}

/** Everything that can be reached from a node along edges; not the node itself, unless there is a circle. */
export function after(document: Document, id: string): Set<string> {
  return reach(id, followers(document));
}

export function before(document: Document, id: string): Set<string> {
  const sources = new Map<string, string[]>();
  for (const { source, target } of document.edges) sources.set(target, [...(sources.get(target) ?? []), source]);
  return reach(id, sources);
}

export function closesCircle(document: Document, source: string, target: string): boolean {
  return source === target || after(document, target).has(source);
}

function followers(document: Document): Map<string, string[]> {
  const targets = new Map<string, string[]>();
  for (const { source, target } of document.edges) targets.set(source, [...(targets.get(source) ?? []), target]);
  return targets;
}

function reach(from: string, next: Map<string, string[]>): Set<string> {
  const found = new Set<string>();
  const todo = [...(next.get(from) ?? [])];
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    todo.push(...(next.get(id) ?? []));
  }
  return found;
}

/** The nodes in the order in which a run meets them; containers before what is inside them. */
export function flowOrder(document: Document): { node: DocumentNode; depth: number }[] {
  const next = followers(document);
  const ordered: { node: DocumentNode; depth: number }[] = [];
  const level = (parent: string | null, depth: number) => {
    const waiting = new Map(childrenOf(document, parent).map((node) => [node.id, node]));
    const incoming = new Map<string, number>();
    for (const { source, target } of document.edges)
      if (waiting.has(source) && waiting.has(target)) incoming.set(target, (incoming.get(target) ?? 0) + 1);
    while (waiting.size > 0) {
      // In a circle nothing is free; the topmost one is as good a beginning as any.
      const all = [...waiting.values()];
      const free = all.filter((node) => !incoming.get(node.id));
      const [node] = (free.length > 0 ? free : all).sort(byPlace);
      if (!node) return;
      waiting.delete(node.id);
      ordered.push({ node, depth });
      level(node.id, depth + 1);
      for (const target of next.get(node.id) ?? []) incoming.set(target, (incoming.get(target) ?? 1) - 1);
    }
  };
  level(null, 0);
  // What lives in a container that is not there would otherwise be lost from sight.
  const shown = new Set(ordered.map(({ node }) => node.id));
  for (const node of document.nodes) if (!shown.has(node.id)) ordered.push({ node, depth: 0 });
  return ordered;
}

function byPlace(a: DocumentNode, b: DocumentNode): number {
  const [p, q] = [placeOf(a), placeOf(b)];
  return p.x - q.x || p.y - q.y;
}
