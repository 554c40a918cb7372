import { expect, it } from "vitest";
import openapi from "../../../openapi.json";
import type { JsonObject } from "../document/document";
import { referencesFor, unknownNames } from "./references";
import { fieldsOf, isShown, sentenceOf } from "./fields";

const schema: JsonObject = {
  $defs: {
    Case: { type: "object", properties: { name: { type: "string" }, when: { type: "string", format: "expression" } } },
  },
  properties: {
    model: { type: "string", default: "m", title: "Model", ui: { widget: "model" } },
    max_tokens: { anyOf: [{ type: "integer", minimum: 1 }, { type: "null" }], default: null, title: "Max Tokens" },
    method: { enum: ["GET", "POST"], type: "string", default: "GET" },
    body: { anyOf: [{ type: "string" }, { type: "object" }], ui: { when: { method: ["POST"] } } },
    cases: { type: "array", items: { $ref: "#/$defs/Case" }, ui: { widget: "json" } },
    choices: { type: "array", items: { type: "string" }, ui: { widget: "json" } },
    odd: { ui: { widget: "hologram" } },
  },
};

it("derives what each value is edited with", () => {
  const widgets = Object.fromEntries(fieldsOf(schema).map((field) => [field.key, field.widget]));
  expect(widgets).toEqual({
    model: "model",
    max_tokens: "number",
    method: "select",
    body: "json",
    cases: "rows",
    choices: "strings",
    odd: "json", // what no widget is known for is still editable
  });
});

it("knows bounds, titles and rows", () => {
  const fields = fieldsOf(schema);
  expect(fields[1]).toMatchObject({ title: "Max tokens", minimum: 1, integer: true, optional: true });
  expect(fields[4]?.row.map((field) => [field.key, field.widget])).toEqual([
    ["name", "text"],
    ["when", "expression"],
  ]);
});

it("shows a field only when it says something", () => {
  const fields = fieldsOf(schema);
  const body = fields[3];
  if (!body) throw new Error("no body");
  expect(isShown(body, {}, fields)).toBe(false); // GET is the default
  expect(isShown(body, { method: "POST" }, fields)).toBe(true);
});

it("makes a sentence for the card", () => {
  expect(sentenceOf("Ask {model}", {}, fieldsOf(schema))).toBe("Ask m");
  expect(sentenceOf("{method} {body}{nothing}", { body: "x" }, fieldsOf(schema))).toBe("GET");
});

it("names what a node may use, and finds what is not there", () => {
  const document = {
    name: "",
    variables: { tone: "warm" },
    nodes: [
      { id: "start", type: "start", start_config: { inputs: [{ name: "topic" }] } },
      { id: "a", type: "agent", inputs: [{ name: "text", source_node: "start" }] },
      { id: "later", type: "agent" },
    ],
    edges: [{ id: "e", source: "start", target: "a" }],
  };
  const names = referencesFor(document, "a", () => []).map((reference) => reference.name);
  expect(names).toEqual(["text", "nodes.start.topic", "inputs.topic", "vars.tone"]);
  expect(unknownNames(document, "{{ vars.tone }} {{vars.limit}} {{ nodes.b.output }} {{ text }}")).toEqual([
    "vars.limit",
    "nodes.b",
  ]);
});

it("reads the schema of an agent as the server describes it", () => {
  const root = openapi as unknown as JsonObject;
  const agent = openapi.components.schemas.AgentConfig as unknown as JsonObject;
  expect(fieldsOf(agent, root).map((field) => [field.key, field.widget])).toEqual(
    expect.arrayContaining([
      ["model", "model"],
      ["system_prompt", "prompt"],
      ["temperature", "slider"],
      ["tools", "tools"],
      ["output_schema", "json"],
    ]),
  );
});
