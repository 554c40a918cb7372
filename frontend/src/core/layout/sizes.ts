/**
 * How big nodes are: fixed by kind, and known without measuring. While a run is shown, cards are taller (text and a
 * foot); the ports stay where they are, so no track moves.
 */
import { type Document, type DocumentNode, placeOf } from "../document/document";
import { kindOf, outletsOf, type PortSpec } from "../nodes/kinds";

export interface Size {
  width: number;
  height: number;
}

export type Specs = ReadonlyMap<string, PortSpec>;

export const GRID = 24;
export const PORT_Y = 26; // where tracks arrive, and leave what has one outlet
export const CONTAINER_HEAD = 32;
const PAD = 12;
const RETURN_TRACK = 34; // under what a loop repeats
const BRANCH_HEAD = 48;
const BRANCH_ROW = 28;
const CARD = { width: 216, build: 58, agent: 92, run: 118, agentRun: 170 };
const EMPTY_CONTAINER: Size = { width: 264, height: 146 };

/** Where an outlet is, from the top of its node. */
export function outletY(node: DocumentNode, index: number, many: boolean): number {
  return kindOf(node.type).shape === "branch" || many
    ? BRANCH_HEAD + BRANCH_ROW * index + 2 + BRANCH_ROW / 2 - 14 + 12
    : PORT_Y;
}

/** Where the body of a card begins: under its outlets, if it has several. */
export const bodyTop = (outlets: number): number => (outlets > 1 ? BRANCH_HEAD + BRANCH_ROW * outlets + 8 : 57);

/** The size of a node alone; of a container, when nothing is inside. */
export function ownSize(node: DocumentNode, specs: Specs, running: boolean): Size {
  const outlets = outletsOf(node, specs.get(node.type));
  switch (kindOf(node.type).shape) {
    case "pill": {
      const letters = Math.min((node.name || node.id).length, 16);
      return { width: Math.max(104, 72 + letters * 7.5), height: 52 };
    }
    case "branch":
      return { width: 192, height: BRANCH_HEAD + BRANCH_ROW * outlets.length + 6 };
    case "container":
      return EMPTY_CONTAINER;
    case "card": {
      const agent = node.type === "agent";
      const height = running ? (agent ? CARD.agentRun : CARD.run) : agent ? CARD.agent : CARD.build;
      // A question with choices has an outlet for each.
      const rows = outlets.length > 1 ? outlets.length * BRANCH_ROW + 4 : 0;
      return { width: CARD.width, height: height + rows };
    }
  }
}

/** The sizes of all nodes; containers are as big as what is inside them needs. */
export function sizesOf(document: Document, specs: Specs, running: boolean): Map<string, Size> {
  const sizes = new Map<string, Size>();
  const inside = new Map<string, DocumentNode[]>();
  for (const node of document.nodes)
    if (node.parent) inside.set(node.parent, [...(inside.get(node.parent) ?? []), node]);
  const sizeOf = (node: DocumentNode, above: ReadonlySet<string>): Size => {
    const known = sizes.get(node.id);
    if (known) return known;
    let { width, height } = ownSize(node, specs, running);
    if (kindOf(node.type).shape === "container" && !above.has(node.id)) {
      const below = new Set([...above, node.id]);
      for (const child of inside.get(node.id) ?? []) {
        const size = sizeOf(child, below);
        const { x, y } = placeOf(child);
        width = Math.max(width, x + size.width + 2 * PAD);
        height = Math.max(height, y + size.height + PAD + (node.type === "loop" ? RETURN_TRACK : 0));
      }
    }
    sizes.set(node.id, { width, height });
    return { width, height };
  };
  for (const node of document.nodes) sizeOf(node, new Set());
  return sizes;
}
