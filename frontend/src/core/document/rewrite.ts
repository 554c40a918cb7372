/** References in a node's settings, `{{ nodes.writer.output }}` and formulas: found, and written anew. */
import { type Document, type DocumentNode, isObject } from "./document";
import type { Edit } from "./edit";

/** Whether a setting of a type is a formula as a whole, without braces around it. */
export type IsFormula = (type: string, key: string) => boolean;

/** Told of each name with its parts (`nodes`, `writer`, `output`); answers with what shall stand for the first `used`. */
export type Change = (parts: readonly string[]) => { used: number; by: string } | null;

const BRACES = /\{\{([\s\S]*?)\}\}/g;
// A text in quotes, or a name with the fields behind it.
const NAMES =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<![.\w])[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_-]*[\p{L}\p{N}_]|\["[^"\\]*"\]|\['[^'\\]*'\])*/gu;
const PART = /^[\p{L}_][\p{L}\p{N}_]*|\.[\p{L}\p{N}_-]*[\p{L}\p{N}_]|\["[^"\\]*"\]|\['[^'\\]*'\]/gu;
const OF_THE_DRAWING = new Set(["id", "type", "name", "parent", "position", "inputs", "description"]);

function inFormula(formula: string, change: Change): string {
  return formula.replaceAll(NAMES, (name) => {
    if (name.startsWith('"') || name.startsWith("'")) return name;
    const written = name.match(PART) ?? [];
    const parts = written.map((part) => part.replaceAll(/^\.|^\[["']|["']\]$/g, ""));
    const answer = change(parts);
    return answer ? answer.by + written.slice(answer.used).join("") : name;
  });
}

function inValue(value: unknown, formula: (key: string) => boolean, key: string, change: Change): unknown {
  if (typeof value === "string") {
    if (value.includes("{{")) {
      return value.replaceAll(BRACES, (_whole, inner: string) => `{{${inFormula(inner, change)}}}`);
    }
    return formula(key) ? inFormula(value, change) : value;
  }
  if (Array.isArray(value)) return value.map((one) => inValue(one, formula, key, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inValue(one, formula, name, change)]));
}

/** Write the references of a node anew. What does not change keeps its object. */
export function rewriteNode(node: DocumentNode, isFormula: IsFormula, change: Change): void {
  for (const [key, value] of Object.entries(node)) {
    if (OF_THE_DRAWING.has(key)) continue;
    let changed = false;
    const after = inValue(
      value,
      (name) => isFormula(node.type, name),
      key,
      (parts) => {
        const answer = change(parts);
        changed ||= answer !== null;
        return answer;
      },
    );
    if (changed) node[key] = after;
  }
}

/** `nodes.writer`, as it is written: ids that are no plain names stand in brackets. */
export const field = (root: string, name: string): string =>
  /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? `${root}.${name}` : `${root}[${JSON.stringify(name)}]`;

/** Give a node another id: its tracks, what is inside it, and every reference to it go along. */
export const changeId =
  (from: string, to: string, isFormula: IsFormula): Edit =>
  (draft: Document) => {
    for (const node of draft.nodes) {
      if (node.id === from) node.id = to;
      if (node.parent === from) node.parent = to;
      for (const input of node.inputs ?? []) if (input.source_node === from) input.source_node = to;
      rewriteNode(node, isFormula, ([root, name]) =>
        root === "nodes" && name === from ? { used: 2, by: field("nodes", to) } : null,
      );
    }
    for (const edge of draft.edges) {
      if (edge.source === from) edge.source = to;
      if (edge.target === from) edge.target = to;
    }
  };
