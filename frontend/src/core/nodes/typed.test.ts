import { i18n } from "@lingui/core";
import { beforeAll, expect, test } from "vitest";
import type { Document, DocumentNode } from "../document/document";
import { connectField, mismatchOf, type TypedSpec } from "./typed";

beforeAll(() => i18n.loadAndActivate({ locale: "en", messages: {} }));

const spec = (more: Partial<TypedSpec>): TypedSpec => ({
  ports: ["out"],
  ports_from: null,
  outputs: {},
  output_types: {},
  ...more,
});
const specs = new Map([
  ["start", spec({ gives: "json" })],
  ["agent", spec({ gives: "text" })],
  [
    "map",
    spec({ takes: "list", gives: "json", outputs: { results: "", status: "" }, output_types: { results: "list" } }),
  ],
  ["loop", spec({ takes: "list", gives: "json" })],
  ["delay", spec({})],
]);
const start: DocumentNode = {
  id: "start",
  type: "start",
  start_config: {
    inputs: [
      { name: "topic", type: "text" },
      { name: "tones", type: "list" },
    ],
  },
};
const document = (...nodes: DocumentNode[]): Document => ({
  name: "",
  nodes: [start, ...nodes],
  edges: [{ id: "e", source: "start", target: "agent" }],
});
const agent = (schema?: object): DocumentNode => ({
  id: "agent",
  type: "agent",
  name: "Write",
  agent_config: { ...(schema && { output_schema: schema }) } as never,
});
const map: DocumentNode = { id: "map", type: "map", name: "Each" };

test("text does not go where a list is needed; lists from before are offered", () => {
  const found = mismatchOf(document(agent(), map), "agent", "map", specs);
  expect(found?.reason).toBe("Each needs a list, but Write gives text.");
  expect(found?.fields).toEqual([{ node: "start", field: "tones", from: "start" }]);
});

test("an object with one list fits; with none or several a field has to be picked", () => {
  const schema = (...names: string[]) => ({
    properties: Object.fromEntries(names.map((name) => [name, { type: "array" }])),
  });
  expect(mismatchOf(document(agent(schema("a")), map), "agent", "map", specs)).toBeNull();
  expect(mismatchOf(document(agent({ type: "object" }), map), "agent", "map", specs)).toBeNull();
  const several = mismatchOf(document(agent(schema("a", "b")), map), "agent", "map", specs);
  expect(several?.fields.map(({ field }) => field)).toEqual(["tones", "a", "b"]);
  expect(mismatchOf(document(map), "start", "map", specs)).toBeNull();
});

test("nothing is refused that may be right", () => {
  const until: DocumentNode = { id: "loop", type: "loop", loop_config: { loop_type: "until" } };
  expect(mismatchOf(document(agent(), until), "agent", "loop", specs)).toBeNull();
  expect(mismatchOf(document(agent(), { id: "wait", type: "delay" }, map), "wait", "map", specs)).toBeNull();
  const chosen = { ...map, inputs: [{ name: "tones", source_node: "start" }] };
  expect(mismatchOf(document(agent(), chosen), "agent", "map", specs)).toBeNull();
});

test("a picked field becomes an input, by one edit", () => {
  const drawn = document(agent(), { ...map });
  connectField("agent", "map", "out", { node: "start", field: "tones", from: "start" })(drawn);
  expect(drawn.edges).toHaveLength(2);
  expect(drawn.nodes[2]).toMatchObject({
    inputs: [{ name: "tones", source_node: "start", source_field: "tones" }],
    map_config: { items_source: "tones" },
  });
});
