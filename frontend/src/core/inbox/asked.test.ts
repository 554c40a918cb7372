import { i18n } from "@lingui/core";
import { beforeAll, expect, it } from "vitest";
import { loadValidator } from "../forms/validate";
import { answerOf, argumentsForm, begun, formOf, jsonOrText, wrongIn } from "./asked";

beforeAll(async () => {
  i18n.loadAndActivate({ locale: "en", messages: {} });
  await loadValidator();
});

const schema = {
  type: "object",
  properties: { choice: { enum: ["yes", "no"] }, text: { type: "string", default: "Hi" }, stars: { type: "integer" } },
  required: ["choice", "stars"],
};

it("leaves the choice to buttons and keeps the other fields", () => {
  const form = formOf({ choices: ["yes", "no"], schema });
  expect(form.fields.map(({ key, widget }) => [key, widget])).toEqual([
    ["text", "text"],
    ["stars", "number"],
  ]);
  expect(begun(form)).toEqual({ text: "Hi" });
  expect(wrongIn(form, { text: "Hi" })).toEqual({ stars: "This is needed." });
  expect(Object.keys(wrongIn(form, { text: "Hi", stars: 1.5 }))).toEqual(["stars"]);
  expect(wrongIn(form, { text: "Hi", stars: 2 })).toEqual({});
  expect(answerOf(form, { text: "Hi", stars: 2 }, "yes")).toEqual({ choice: "yes", text: "Hi", stars: 2 });
});

it.each([
  [{}, { answer: "as said" }, "as said"],
  [{ schema: { type: "integer" } }, { answer: 3 }, 3],
  [{ schema: { type: "object", properties: { a: { type: "string" } } } }, { a: "b" }, { a: "b" }],
])("knows the answer to %j", (request, values, answer) => {
  const form = formOf(request as never);
  expect(wrongIn(form, values as never)).toEqual({});
  expect(answerOf(form, values as never)).toEqual(answer);
});

it("asks for nothing where a choice is all", () => {
  expect(formOf({ choices: ["yes"] }).fields).toEqual([]);
});

it("shows every argument of a call, of which its schema says nothing too", () => {
  const form = argumentsForm({
    arguments: { to: "a@b.example", extra: [1] },
    schema: { properties: { arguments: { type: "object", properties: { to: { type: "string" } }, required: ["to"] } } },
  });
  expect(form.fields.map(({ key, widget }) => [key, widget])).toEqual([
    ["to", "text"],
    ["extra", "json"],
  ]);
  expect(wrongIn(form, { extra: [1] })).toEqual({ to: "This is needed." });
});

it("takes what people type as JSON if it is some", () => {
  expect([jsonOrText("42"), jsonOrText("all of it")]).toEqual([42, "all of it"]);
});
