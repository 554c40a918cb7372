/** What is read outside of what a workflow that was cut out gives, and how it reads it afterwards. */
import { configOf, type Document, type DocumentNode } from "../document/document";
import { field, rewriteNode } from "../document/rewrite";
import { type Border, nameOf, Refusal } from "./border";
import { type Known, Names } from "./inputs";

interface Given {
  name: string;
  source: string;
  field: string;
}

export interface Outputs {
  /** The id of the new node. The only node whose result leaves hands its id on: then nothing outside has to change. */
  id: string | null;
  /** What the end of the new workflow lists; empty when it simply takes what arrives. */
  given: Given[];
}

const isText = (node: DocumentNode | undefined): boolean => node?.type === "agent" && !configOf(node).output_schema;

export function outputsOf(document: Document, border: Border, known: Known): Outputs {
  const { all, exits, outgoing } = border;
  const outside = document.nodes.filter((node) => !all.has(node.id));
  const names = new Names();
  const given: Given[] = [];
  const give = (source: string, from: string) => {
    if (given.some((one) => one.source === source && one.field === from)) return;
    given.push({ name: names.free(from === "output" ? source : `${source}_${from}`), source, field: from });
  };
  for (const node of outside) {
    for (const input of node.inputs ?? []) {
      if (input.source_node && all.has(input.source_node)) give(input.source_node, input.source_field ?? "output");
    }
    rewriteNode({ ...node }, known.isFormula, ([root, name = "", inner]) => {
      if (root !== "nodes" || !all.has(name)) return null;
      if (!inner && exits.length > 1) throw new Refusal("whole", nameOf(document, node.id));
      give(name, inner ?? "output");
      return null;
    });
  }
  const [first] = exits;
  if (first && exits.length === 1 && given.every((one) => one.source === first.id)) return { id: first.id, given: [] };
  const consumers = outside.filter((node) => !node.inputs?.length && outgoing.some((edge) => edge.target === node.id));
  const before = (id: string) => document.edges.filter((edge) => edge.target === id).map((edge) => edge.source);
  if (given.length === 0) {
    // All that leaves arrives together: as an object by the names of the nodes, inside as it did outside.
    const texts = exits.every(isText);
    for (const node of consumers) {
      const sources = before(node.id);
      const together = sources.length === exits.length && exits.every((exit) => sources.includes(exit.id));
      if (!together || !(texts || node.type === "end")) throw new Refusal("consumer", nameOf(document, node.id));
    }
    if (outgoing.length === 0 && tailsOutside(document, border))
      throw new Refusal("ways", nameOf(document, first?.id ?? ""));
    return { id: null, given };
  }
  if (outgoing.length === 0) throw new Refusal("ways", nameOf(document, first?.id ?? ""));
  for (const node of consumers) {
    const sources = [...new Set(before(node.id))];
    const end = node.type === "end";
    const alone = sources.length === 1 && (end || isText(document.nodes.find((one) => one.id === sources[0])));
    const sure = end && sources.every((id) => border.sure.has(id));
    if (!alone && !sure) throw new Refusal("consumer", nameOf(document, node.id));
    for (const id of sources) if (all.has(id)) give(id, "output");
  }
  return { id: null, given };
}

const tailsOutside = (document: Document, { parent, all }: Border): boolean =>
  document.nodes.some(
    (node) =>
      (node.parent ?? null) === parent && !all.has(node.id) && !document.edges.some((edge) => edge.source === node.id),
  );

/** Let the nodes outside read from the new node. `draft` still has the tracks from what was cut out. */
export function readFrom(draft: Document, border: Border, id: string, given: readonly Given[], known: Known): void {
  const nameFor = (source: string, from: string) =>
    given.find((one) => one.source === source && one.field === from)?.name ?? source;
  for (const node of draft.nodes) {
    if (border.all.has(node.id)) continue;
    const sources = [...new Set(draft.edges.flatMap((edge) => (edge.target === node.id ? edge.source : [])))];
    if (!node.inputs?.length && sources.some((source) => border.all.has(source))) {
      node.inputs = sources.map((source) => ({
        name: sources.length === 1 ? "output" : source,
        source_node: source,
        source_field: "output",
      }));
    }
    for (const input of node.inputs ?? []) {
      if (!input.source_node || !border.all.has(input.source_node)) continue;
      input.source_field = nameFor(input.source_node, input.source_field ?? "output");
      input.source_node = id;
    }
    rewriteNode(node, known.isFormula, ([root, name = "", inner = "output"]) =>
      root === "nodes" && border.all.has(name)
        ? { used: 3, by: field(field("nodes", id), nameFor(name, inner)) }
        : null,
    );
  }
}
