/** Names in templates (`{{ topic }}`): which a node may use, and which of those that stand in a text do not exist. */
import { configOf, type Document, type DocumentNode, isObject, nodeOf, titleOf } from "../document/document";
import { before } from "../document/graph";

export interface Reference {
  /** What is written: `topic`, `nodes.writer.output`, `vars.tone`. */
  name: string;
  /** Where it comes from, for people. */
  from: string;
}

export const TEMPLATE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Everything that a template of this node may name. */
export function referencesFor(document: Document, id: string, outputs: (type: string) => string[]): Reference[] {
  const node = nodeOf(document, id);
  if (!node) return [];
  const found: Reference[] = [];
  for (const input of node.inputs ?? []) {
    const source = nodeOf(document, input.source_node);
    found.push({ name: input.name, from: source ? titleOf(source) : "run" });
  }
  const enclosing = containersOf(document, node);
  if (enclosing.some((one) => one.type === "loop" || one.type === "map")) {
    const from = titleOf(enclosing[0] ?? node);
    found.push({ name: "item", from }, { name: "index", from });
    if (enclosing.some((one) => one.type === "loop")) found.push({ name: "previous", from });
  }
  const upstream = before(document, id);
  for (const container of enclosing) for (const other of before(document, container.id)) upstream.add(other);
  for (const other of document.nodes) {
    if (!upstream.has(other.id) || other.id === id) continue;
    for (const field of outputFields(other, outputs))
      found.push({ name: `nodes.${other.id}.${field}`, from: titleOf(other) });
  }
  for (const name of startInputs(document)) found.push({ name: `inputs.${name}`, from: "run" });
  for (const name of Object.keys(document.variables ?? {})) found.push({ name: `vars.${name}`, from: "variables" });
  return found;
}

/** The fields that a node's output has, as far as is known before it ran. */
export function outputFields(node: DocumentNode, outputs: (type: string) => string[]): string[] {
  if (node.type === "start") return startFields(node);
  const schema = configOf(node).output_schema;
  if (isObject(schema) && isObject(schema.properties)) return Object.keys(schema.properties);
  const known = outputs(node.type);
  return known.length > 0 ? known : ["output"];
}

export function startInputs(document: Document): string[] {
  return document.nodes.flatMap((node) => (node.type === "start" ? startFields(node) : []));
}

function startFields(node: DocumentNode): string[] {
  const { inputs } = configOf(node);
  if (!Array.isArray(inputs)) return [];
  return inputs.flatMap((input) => (isObject(input) && typeof input.name === "string" ? [input.name] : []));
}

function containersOf(document: Document, node: DocumentNode): DocumentNode[] {
  const found: DocumentNode[] = [];
  for (let here = nodeOf(document, node.parent); here && !found.includes(here); here = nodeOf(document, here.parent))
    found.push(here);
  return found;
}

/** Names in a text that are surely wrong: a variable or a node that is not there. */
export function unknownNames(document: Document, text: string): string[] {
  const wrong: string[] = [];
  for (const [, inner = ""] of text.matchAll(TEMPLATE)) {
    const [, group, name = ""] = /^(vars|nodes)\.([\w-]+)/.exec(inner) ?? [];
    if (group === "vars" && !(name in (document.variables ?? {}))) wrong.push(`vars.${name}`);
    if (group === "nodes" && !nodeOf(document, name)) wrong.push(`nodes.${name}`);
  }
  return wrong;
}
