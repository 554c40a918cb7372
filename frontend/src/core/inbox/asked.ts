/** What a person is asked, as a form, and the answer as the server takes it. */
import { t } from "@lingui/core/macro";
import { isObject, type Json, type JsonObject } from "../document/document";
import { type Field, fieldsOf } from "../forms/fields";
import { misfits } from "../forms/validate";

export interface Form {
  schema: JsonObject;
  fields: Field[];
  required: ReadonlySet<string>;
  /** The answer is not an object: the form has it as its only field. */
  single: boolean;
}

/** The key under which a form has an answer that is not an object. */
export const SINGLE = "answer";
const NOTHING: Form = { schema: { type: "object" }, fields: [], required: new Set(), single: false };

/** What is to be filled in beside choosing; without choices and fields, an answer in words. */
export function formOf(request: JsonObject): Form {
  const schema = isObject(request.schema) ? request.schema : null;
  if (choicesOf(request).length > 0) {
    return schema ? withFields(without(schema, "choice")) : NOTHING;
  }
  if (!schema) return oneField({ type: "string" });
  return schema.type === "object" || isObject(schema.properties) ? withFields(schema) : oneField(schema);
}

/** The arguments of a call that somebody has to agree to, to be changed. */
export function argumentsForm(request: JsonObject): Form {
  const answer = isObject(request.schema) ? request.schema : {};
  const properties = isObject(answer.properties) ? answer.properties : {};
  const known = isObject(properties.arguments) ? properties.arguments : {};
  const given = isObject(request.arguments) ? request.arguments : {};
  const names = isObject(known.properties) ? known.properties : {};
  const others = Object.keys(given).filter((name) => !(name in names));
  const more = Object.fromEntries(others.map((name) => [name, {}]));
  return withFields({ type: "object", ...known, properties: { ...names, ...more } });
}

export function choicesOf(request: JsonObject): string[] {
  return Array.isArray(request.choices) ? request.choices.map(String) : [];
}

/** What the fields begin with: the defaults that the author gave. */
export function begun(form: Form): JsonObject {
  return Object.fromEntries(
    form.fields.flatMap(({ key, fallback }) => (fallback === undefined ? [] : [[key, fallback]])),
  );
}

/** What does not fit, by field. */
export function wrongIn(form: Form, values: JsonObject): Record<string, string> {
  const missing = [...form.required].filter((key) => values[key] === undefined || values[key] === "");
  const found = misfits({ ...values }, form.schema).map(({ key, message }) => [key, message] as const);
  return { ...Object.fromEntries(found), ...Object.fromEntries(missing.map((key) => [key, t`This is needed.`])) };
}

/** The value of the answer. */
export function answerOf(form: Form, values: JsonObject, choice?: string): Json {
  if (choice !== undefined) return { choice, ...values };
  return form.single ? (values[SINGLE] ?? null) : values;
}

/** A text of people as a value: as JSON if it is some, else as it is. */
export function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function withFields(schema: JsonObject): Form {
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  return { schema, fields: fieldsOf(schema), required: new Set(required), single: false };
}

function oneField(schema: JsonObject): Form {
  const { $defs, ...rest } = schema;
  const whole: JsonObject = {
    type: "object",
    properties: { [SINGLE]: rest },
    required: [SINGLE],
    ...($defs && { $defs }),
  };
  return { ...withFields(whole), single: true };
}

function without(schema: JsonObject, key: string): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const { [key]: _, ...rest } = properties;
  const required = Array.isArray(schema.required) ? schema.required.filter((name) => name !== key) : [];
  return { ...schema, properties: rest, required };
}
