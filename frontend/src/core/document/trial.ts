/**
 * One node by itself: a document of a start, that node with everything inside it, and an end. What the node reads of
 * others is given to it as what they said before.
 */
import { outletsOf, type PortSpec } from "../nodes/kinds";
import { type Document, type DocumentNode, type InputMapping, isObject, nodeOf, titleOf } from "./document";
import { withInner } from "./graph";

export interface Given {
  /** What the node receives, by name. */
  inputs: Record<string, unknown>;
  /** What the run was given, for templates that read `inputs.…`. */
  runInputs: Record<string, unknown>;
  /** What another node said last; undefined if that is not known. */
  outputOf: (nodeId: string) => unknown;
}

export interface Trial {
  document: Document;
  inputs: Record<string, unknown>;
}

/** The name of a run input that stands for something else; no workflow calls an input so. */
const own = (name: string) => `own input: ${name}`;
const said = (id: string, key: string) => `said by ${id}: ${key}`;
const WHOLE = "output";

export function trialOf(document: Document, id: string, given: Given, spec: PortSpec | undefined): Trial | null {
  const node = nodeOf(document, id);
  if (!node) return null;
  const inside = withInner(document, [id]);
  const taken = document.nodes.filter((one) => inside.has(one.id));
  const inputs: Record<string, unknown> = { ...given.runInputs };
  const mappings: InputMapping[] = Object.entries(given.inputs).map(([name, value]) => {
    inputs[own(name)] = value;
    return { name, source_node: null, source_field: own(name) };
  });
  const others = [...readBy(taken, node)].filter((one) => !inside.has(one) && nodeOf(document, one));
  const speakers = others.flatMap((one) => {
    const output = given.outputOf(one);
    if (output === undefined || output === null) return [];
    const parts = isObject(output) ? output : { [WHOLE]: output };
    return [
      {
        id: one,
        type: "start",
        inputs: Object.entries(parts).map(([name, value]) => {
          inputs[said(one, name)] = value;
          return { name, source_node: null, source_field: said(one, name) };
        }),
      },
    ];
  });
  const [begin, end] = [unused(document, "start"), unused(document, "end")];
  const { on_error: _, parent: __, disabled: ___, ...alone } = node;
  const line = (source: string, target: string, condition?: string) => ({
    id: `${source} ${condition ?? ""} ${target}`,
    source,
    target,
    ...(condition !== undefined && condition !== "out" && { condition }),
  });
  return {
    inputs,
    document: {
      name: titleOf(node),
      ...(document.variables && { variables: document.variables }),
      nodes: [
        { id: begin, type: "start" },
        ...speakers,
        { ...alone, inputs: mappings },
        ...taken.filter((one) => one !== node),
        { id: end, type: "end" },
      ],
      edges: [
        ...speakers.flatMap((one) => [line(begin, one.id), line(one.id, id)]),
        line(begin, id),
        ...document.edges.filter(({ source, target }) => source !== id && inside.has(source) && inside.has(target)),
        ...outletsOf(node, spec).map(({ name }) => line(id, end, name)),
      ],
    },
  };
}

/** The nodes that templates and formulas name, and those that what is inside takes its inputs from. */
function readBy(taken: readonly DocumentNode[], node: DocumentNode): Set<string> {
  const found = new Set<string>();
  for (const one of taken) {
    for (const [, name = ""] of JSON.stringify(one).matchAll(/\bnodes\.([\w-]+)/g)) found.add(name);
    if (one === node) continue;
    for (const { source_node: source } of one.inputs ?? []) if (source) found.add(source);
  }
  return found;
}

function unused(document: Document, wanted: string): string {
  const known = new Set(document.nodes.map(({ id }) => id));
  let id = `trial ${wanted}`;
  while (known.has(id)) id += "'";
  return id;
}
