/** What a workflow that was cut out needs from outside: from mappings, from `{{ }}`, and what simply arrives. */
import { configOf, type Document, type DocumentNode, isObject, type JsonObject, nodeOf } from "../document/document";
import { type IsFormula, field, rewriteNode } from "../document/rewrite";
import { startInputs } from "../forms/references";
import { type Border, nameOf, origin, Refusal } from "./border";

export interface Known {
  /** The fields that outputs of a type have. */
  outputs: (type: string) => string[];
  /** The named ways out of a node. */
  outlets: (node: DocumentNode) => string[];
  isFormula: IsFormula;
}

interface Need {
  name: string;
  source: string | null;
  field: string;
}

const OF_A_ROUND = new Set(["item", "index", "previous", "items"]);
const PASSING_ON = new Set(["condition", "router", "delay", "human"]);

/** Names for values, each a plain word and each given once. */
export class Names {
  readonly #taken = new Set<string>();

  free(words: string): string {
    const stem = words.replaceAll(/\W+/g, "_").replace(/^(?=\d)/, "_") || "value";
    let name = stem;
    for (let number = 2; this.#taken.has(name); number += 1) name = `${stem}_${number}`;
    this.#taken.add(name);
    return name;
  }
}

/** Makes copies of nodes stand alone, and collects what they then have to be given. */
export class Needs {
  readonly list: Need[] = [];
  readonly variables: JsonObject = {};
  readonly #names = new Names();

  constructor(
    private readonly document: Document,
    private readonly border: Border,
    private readonly known: Known,
  ) {}

  /** Mappings and references that lead outside now read the inputs of the new workflow. */
  free(node: DocumentNode): void {
    for (const input of node.inputs ?? []) {
      const { source_node: source, source_field: from = "output" } = input;
      if (source && this.border.all.has(source)) continue;
      if (source) input.source_field = this.need(source, from);
      else {
        const key = from === "output" ? input.name : from;
        if (this.#isVariable(key)) this.#keep(key);
        else input.source_field = this.need(null, key);
      }
      delete input.source_node;
    }
    const own = new Set(node.inputs?.map((input) => input.name));
    const round = this.#roundAround(node);
    rewriteNode(node, this.known.isFormula, ([root = "", name, inner]) => {
      if (own.has(root)) return null;
      if (round && OF_A_ROUND.has(root)) return { used: 1, by: field("inputs", this.need(round, root)) };
      switch (root) {
        case "nodes": {
          if (!name || this.border.all.has(name)) return null;
          if (!inner) throw new Refusal("whole", nameOf(this.document, node.id));
          return { used: 3, by: field("inputs", this.need(name, inner)) };
        }
        case "inputs":
          if (!name) throw new Refusal("whole", nameOf(this.document, node.id));
          return { used: 2, by: field("inputs", this.need(null, name)) };
        case "vars":
          for (const key of name ? [name] : Object.keys(this.document.variables ?? {})) this.#keep(key);
          return null;
        default:
          return null;
      }
    });
  }

  /** What simply arrives at the first nodes: it arrives at the new node just so, or is named where others are named. */
  arrive(copies: ReadonlyMap<string, DocumentNode>): void {
    const { entries, within, incoming } = this.border;
    const plain = entries.filter((node) => !node.inputs?.length);
    const sources = (id: string) => incoming.flatMap((edge) => (edge.target === id ? edge.source : []));
    const joins = (id: string) => within.some((edge) => edge.target === id && !this.#isBack(edge.source, id));
    if (this.list.length === 0) {
      const [first] = entries;
      for (const node of plain) {
        const alike = first && origin(this.border, first.id) === origin(this.border, node.id);
        const mixed = joins(node.id) && sources(node.id).some((id) => nodeOf(this.document, id)?.type !== "start");
        if (!alike || mixed) throw new Refusal("given", nameOf(this.document, node.id));
      }
      return;
    }
    for (const node of plain) {
      const from = sources(node.id);
      const [source = null] = from;
      const fields = from.length > 1 || joins(node.id) ? null : this.#fieldsOf(source);
      const copy = copies.get(node.id);
      if (!fields || !copy) throw new Refusal("given", nameOf(this.document, node.id));
      copy.inputs = fields.map((name) => ({ name, source_field: this.need(source, name) }));
    }
  }

  need(source: string | null, from: string): string {
    const known = this.list.find((one) => one.source === source && one.field === from);
    if (known) return known.name;
    const name = this.#names.free(from === "output" && source ? source : from);
    this.list.push({ name, source, field: from });
    return name;
  }

  /** The inputs that its start lists: with the type where one is known, none of them demanded. */
  declared(): JsonObject[] {
    const sources = new Set(this.border.incoming.map((edge) => edge.source));
    const [only] = sources;
    const arriving = this.list.length === 0 && sources.size === 1 ? this.#fieldsOf(only ?? null) : null;
    const list = arriving?.map((name) => ({ name, source: only ?? null, field: name })) ?? this.list;
    return list.map((need) => ({ type: "json", ...this.#declaredOutside(need), name: need.name, required: false }));
  }

  #declaredOutside({ source, field: from }: Need): JsonObject {
    if (source && nodeOf(this.document, source)?.type !== "start") return {};
    for (const node of this.document.nodes) {
      const inputs = node.type === "start" ? configOf(node).inputs : null;
      const found = Array.isArray(inputs) ? inputs.find((one) => isObject(one) && one.name === from) : null;
      if (!isObject(found)) continue;
      const { type = "text", description } = found;
      return { type, ...(description ? { description } : {}) };
    }
    return {};
  }

  /** The names under which the output of a node arrives at the next; null when nobody can tell. */
  #fieldsOf(source: string | null): string[] | null {
    if (source === null) return this.border.parent ? null : orNull(startInputs(this.document));
    const node = nodeOf(this.document, source);
    if (!node || PASSING_ON.has(node.type)) return null;
    if (node.type === "start") return orNull(startInputs({ ...this.document, nodes: [node] }));
    if (node.type === "agent") {
      const schema = configOf(node).output_schema;
      if (!schema) return ["output"];
      return isObject(schema) && isObject(schema.properties) ? orNull(Object.keys(schema.properties)) : null;
    }
    return orNull(this.known.outputs(node.type));
  }

  #isBack(source: string, target: string): boolean {
    // A track of a loop that was drawn inside: it brings nothing in the first round.
    const { within } = this.border;
    const found = new Set([target]);
    for (let known = -1; known !== found.size;) {
      known = found.size;
      for (const edge of within) if (found.has(edge.source)) found.add(edge.target);
    }
    return found.has(source);
  }

  #isVariable(key: string): boolean {
    return key in (this.document.variables ?? {}) && !startInputs(this.document).includes(key);
  }

  #keep(key: string): void {
    const value = this.document.variables?.[key];
    if (value !== undefined) this.variables[key] = value;
  }

  /** The loop or map around everything that is cut out, unless there is a nearer one that comes along. */
  #roundAround(node: DocumentNode): string | null {
    const seen = new Set<string>();
    for (let here = nodeOf(this.document, node.parent); here && !seen.has(here.id);) {
      seen.add(here.id);
      if (here.type === "loop" || here.type === "map") return this.border.all.has(here.id) ? null : here.id;
      here = nodeOf(this.document, here.parent);
    }
    return null;
  }
}

const orNull = (names: string[]): string[] | null => (names.length > 0 ? names : null);
