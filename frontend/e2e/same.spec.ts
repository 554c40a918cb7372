/** Whatever is extracted, a run gives what it gave before: on the real engine, with no browser in between. */
import { produce } from "immer";
import type { Document, DocumentNode } from "../src/core/document/document";
import { extract } from "../src/core/extract/extract";
import { outletsOf, type PortSpec } from "../src/core/nodes/kinds";
import { expect, type Stored, test } from "./journey";

const agent = (id: string, prompt: string, more: object = {}): DocumentNode => ({
  id,
  type: "agent",
  agent_config: { prompt },
  ...more,
});
const start = {
  id: "start",
  type: "start",
  start_config: {
    inputs: [
      { name: "n", type: "number", default: 5 },
      { name: "words", type: "list", default: ["x", "y"] },
    ],
  },
};
const end = { id: "end", type: "end" };
const calc = (id: string, expression: string): DocumentNode => ({
  id,
  type: "tool",
  tool_config: { tool_name: "calculator", arguments: { expression } },
});
/** A name, the nodes between start and end, the tracks, and what is extracted. */
const cases: [string, DocumentNode[], string[], string[]][] = [
  ["fan out", [agent("a", "say: A"), agent("b", "say: B")], ["start a", "start b", "a end", "b end"], ["a", "b"]],
  [
    "fan to agent",
    [agent("a", "say: A"), agent("b", "say: B"), agent("c", "say: {{ a }}-{{ b }}")],
    ["start a", "start b", "a c", "b c", "c end"],
    ["a", "b"],
  ],
  [
    "fork",
    [
      { id: "if", type: "condition", condition_config: { condition_type: "greater_than", field: "n", value: 3 } },
      agent("a", "say: big {{ n }}"),
      agent("b", "say: small"),
    ],
    ["start if", "if a true", "if b false", "a end", "b end"],
    ["if", "a", "b"],
  ],
  [
    "in a map",
    [
      { id: "each", type: "map", map_config: { items_source: "words" } },
      agent("p", "say: {{ item }}!", { parent: "each" }),
      agent("q", "say: {{ output }} {{ nodes.p.output }} {{ item }} {{ index }}", { parent: "each" }),
    ],
    ["start each", "each end", "p q"],
    ["q"],
  ],
  [
    "in a map, first",
    [
      { id: "each", type: "map", map_config: { items_source: "words" } },
      agent("p", "say: {{ output }}", {
        parent: "each",
        inputs: [{ name: "output", source_node: "each", source_field: "item" }],
      }),
      agent("q", "say: {{ output }} {{ nodes.p.output }} {{ item }}", { parent: "each" }),
    ],
    ["start each", "each end", "p q"],
    ["p", "q"],
  ],
  [
    "a map itself",
    [
      { id: "each", type: "map", map_config: { items_source: "words" } },
      agent("p", "say: {{ item }} {{ nodes.start.n }}", { parent: "each" }),
    ],
    ["start each", "each end"],
    ["each"],
  ],
  [
    "a map and behind",
    [
      { id: "each", type: "map", map_config: { items_source: "words" } },
      agent("p", "say: {{ item }}", { parent: "each" }),
      agent("z", "say: {{ nodes.p.output }}"),
      agent("y", "say: {{ nodes.p.output }} {{ output }}"),
    ],
    ["start each", "each z", "z y", "y end"],
    ["each", "z"],
  ],
  [
    "a tool",
    [
      calc("t", "{{ n }} * 2"),
      agent("a", "say: {{ nodes.t.output }}"),
      agent("c", "say: {{ output }} of {{ n }}", {
        inputs: [
          { name: "output", source_node: "a" },
          { name: "n", source_node: "start", source_field: "n" },
        ],
      }),
    ],
    ["start t", "t a", "a c", "c end"],
    ["t", "a"],
  ],
  [
    "variables",
    [agent("a", "say: {{ v }} {{ vars.tone }}", { inputs: [{ name: "v", source_field: "tone" }] })],
    ["start a", "a end"],
    ["a"],
  ],
  ["tails", [agent("a", "say: A"), agent("b", "say: B")], ["start a", "start b"], ["a", "b"]],
  [
    "two results",
    [agent("a", "say: A"), agent("b", "say: {{ output }}B")],
    ["start a", "a b", "b end", "a end"],
    ["a", "b"],
  ],
  [
    "two results, named",
    [agent("a", "say: A"), agent("b", "say: {{ output }}B")],
    ["start a", "a b", "b end"],
    ["a", "b"],
  ],
];

for (const [name, nodes, lines, ids] of cases) {
  test(`the same after extracting: ${name}`, async ({ server }) => {
    const named = name.endsWith("named") && { inputs: ids.map((id) => ({ name: `the ${id}`, source_node: id })) };
    const document: Document = {
      name,
      variables: { tone: "calm" },
      nodes: [start, ...nodes, ...(name === "tails" ? [] : [{ ...end, ...named }])],
      edges: lines.map((line, index) => {
        const [source = "", target = "", condition] = line.split(" ");
        return { id: `e${index}`, source, target, ...(condition && { condition }) };
      }),
    };
    const types = await server.json<(PortSpec & { type: string; outputs?: object })[]>("/api/node-types");
    const spec = (type: string) => types.find((one) => one.type === type);
    const { inner, edit } = extract(document, new Set(ids), "Part", {
      outputs: (type) => Object.keys(spec(type)?.outputs ?? {}),
      outlets: (node) => outletsOf(node, spec(node.type)).map((outlet) => outlet.name),
      isFormula: () => false,
    });
    const { id } = await server.json<Stored>("/api/workflows", inner);
    const after = produce(document, edit(id));
    for (const inputs of [{}, { n: 1 }]) expect(await outcome(after, inputs)).toEqual(await outcome(document, inputs));

    async function outcome(drawn: Document, inputs: object): Promise<unknown> {
      const stored = await server.json<Stored>("/api/workflows", drawn);
      const body = { inputs, version: stored.version_number };
      const begun = await server.json<{ execution_id: string }>(`/api/workflows/${stored.id}/execute`, body);
      const state = () => server.json<{ status: string; result: unknown }>(`/api/executions/${begun.execution_id}`);
      await expect.poll(async () => (await state()).status).toBe("completed");
      return (await state()).result;
    }
  });
}
