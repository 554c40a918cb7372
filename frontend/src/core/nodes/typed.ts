/** Whether what one node gives is what another must receive; and which fields would be, if it is not. */
import { t } from "@lingui/core/macro";
import { configKey, configOf, type Document, type DocumentNode, isObject, nodeOf, titleOf } from "../document/document";
import { connect, type Edit } from "../document/edit";
import { before } from "../document/graph";
import { givenBy, type PortSpec, type PortType, takenBy } from "./kinds";

export interface TypedSpec extends PortSpec {
  outputs: Record<string, string>;
  output_types: Record<string, PortType>;
}
export type TypedSpecs = ReadonlyMap<string, TypedSpec>;

export interface FieldChoice {
  node: string;
  field: string;
  /** Where it comes from, for people. */
  from: string;
}

export interface Mismatch {
  reason: string;
  fields: FieldChoice[];
}

const WORDS: Record<PortType, () => string> = {
  any: () => t`anything`,
  text: () => t`text`,
  json: () => t`JSON`,
  list: () => t`a list`,
  file: () => t`a file`,
};

/** Why a track would bring the wrong thing; null when it fits, or when nobody can know. */
export function mismatchOf(document: Document, source: string, target: string, specs: TypedSpecs): Mismatch | null {
  const [from, to] = [nodeOf(document, source), nodeOf(document, target)];
  if (!from || !to) return null;
  const [gives, takes] = [givenBy(from, specs.get(from.type)), takenBy(to, specs.get(to.type))];
  if (takes === "any" || gives === "any" || gives === takes) return null;
  // What is chosen among its inputs, or arrives by another track, is what it works on.
  if (to.inputs?.length || document.edges.some((edge) => edge.target === target)) return null;
  if (gives === "json") {
    const own = fieldTypes(from, specs);
    // The only list of an object is found without being named; of fields that nobody lists, anything may be one.
    if (own.size === 0 || [...own.values()].filter((type) => type === takes).length === 1) return null;
  }
  const upstream = [source, ...before(document, source)];
  const fields = document.nodes
    .filter((node) => upstream.includes(node.id))
    .flatMap((node) =>
      [...fieldTypes(node, specs)]
        .filter(([, type]) => type === takes)
        .map(([field]) => ({ node: node.id, field, from: titleOf(node) })),
    );
  const [needed, got] = [WORDS[takes](), WORDS[gives]()];
  return {
    reason: t`${titleOf(to)} needs ${needed}, but ${titleOf(from)} gives ${got}.`,
    fields,
  };
}

/** Lay the track, and let the target take the chosen field. */
export function connectField(source: string, target: string, port: string, { node, field }: FieldChoice): Edit {
  return (draft) => {
    connect(source, target, port)(draft);
    const to = draft.nodes.find((one) => one.id === target);
    if (!to) return;
    to.inputs = [...(to.inputs ?? []), { name: field, source_node: node, source_field: field }];
    to[configKey(to.type)] = { ...configOf(to), items_source: field };
  };
}

/** The fields of a node's output whose types are known. */
function fieldTypes(node: DocumentNode, specs: TypedSpecs): Map<string, PortType> {
  const found = new Map<string, PortType>();
  const { inputs, output_schema: schema } = configOf(node);
  if (node.type === "start" && Array.isArray(inputs)) {
    for (const input of inputs) {
      if (!isObject(input) || typeof input.name !== "string") continue;
      found.set(input.name, input.type === "list" ? "list" : input.type === "text" ? "text" : "any");
    }
  } else if (isObject(schema)) {
    for (const [name, one] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
      const type = isObject(one) ? one.type : undefined;
      found.set(name, type === "array" ? "list" : type === "string" ? "text" : type === "object" ? "json" : "any");
    }
  } else {
    const spec = specs.get(node.type);
    for (const name of Object.keys(spec?.outputs ?? {})) found.set(name, spec?.output_types[name] ?? "any");
  }
  return found;
}
