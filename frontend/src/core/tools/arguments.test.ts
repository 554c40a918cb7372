import { expect, it } from "vitest";
import type { JsonObject } from "../document/document";
import { argumentsOf, commandOf, loosely } from "./arguments";

const of = (property: JsonObject, required: string[] = [], more: JsonObject = {}) =>
  argumentsOf({ type: "object", properties: { it: property }, required, ...more })[0];

it.each([
  [{ type: "string" }, "line"],
  [{ type: "string", maxLength: 65_536 }, "text"],
  [{ type: ["string", "null"] }, "line"],
  [{ type: ["string", "number"] }, "loose"],
  [{ type: "integer", minimum: 1 }, "number"],
  [{ type: "boolean" }, "toggle"],
  [{ enum: ["a", "b"] }, "select"],
  [{ enum: [1, 2] }, "select"],
  [{ type: "array", items: { type: "string" } }, "strings"],
  [{ type: "array", items: { type: "object", properties: { a: { type: "string" } } } }, "json"],
  [{ type: "object" }, "json"],
  [{ anyOf: [{ type: "object", additionalProperties: { type: "string" } }, { type: "null" }] }, "pairs"],
  [{ anyOf: [{ type: "string" }, { type: "object" }, { type: "null" }] }, "loose"],
  [{ $ref: "#/$defs/Kind" }, "select"],
  [{}, "loose"],
])("%j is edited as %s", (schema, editor) => {
  expect(of(schema as JsonObject, [], { $defs: { Kind: { enum: ["x"] } } })?.editor).toBe(editor);
});

it("names of builder fields mean nothing here", () => {
  const [one, two] = argumentsOf({
    properties: { workflow_id: { type: "string" }, code: { type: "string" } },
    required: ["code"],
  });
  expect([one?.editor, two?.editor, two?.required, two?.field.title]).toEqual(["line", "text", true, "code"]);
});

it.each([
  ["", undefined],
  ["plain", "plain"],
  ["12", "12"],
  ['{"a": 1}', { a: 1 }],
  ["{ not json", "{ not json"],
])("%j is meant as %j", (text, value) => expect(loosely(text)).toEqual(value));

it("writes the call for a terminal", () => {
  expect(commandOf("calculator", { expression: "2 + 2" })).toBe("pointwork tools call calculator 'expression=2 + 2'");
  expect(commandOf("x", { a: "it's", n: 5, text: "5", file: "@a" })).toBe(
    `pointwork tools call x 'a=it'\\''s' n=5 'text="5"' 'file="@a"'`,
  );
});
