/** The form for the arguments of a tool: its JSON Schema as fields that stand alone, without workflow or variables. */
import { isObject, type Json, type JsonObject } from "../document/document";
import { type Field, fieldsOf } from "../forms/fields";

export type Editor = "line" | "text" | "number" | "toggle" | "select" | "strings" | "pairs" | "loose" | "json";

export interface Argument {
  field: Field;
  editor: Editor;
  required: boolean;
  /** Alternatives that are no texts, such as `[1, 2]`: what each option stands for. */
  values: Json[];
}

/** Names under which longer texts are given. */
const LONG = /^(code|content|text|body|prompt|html|markdown|message|sql|script|source|description|document)$/i;

export function argumentsOf(parameters: JsonObject): Argument[] {
  const required = Array.isArray(parameters.required) ? parameters.required : [];
  const known = { ...parameters, properties: simplified(parameters.properties) };
  return fieldsOf(known, parameters).map((field) => {
    const schema = plainest(field.schema, parameters);
    return {
      // What a tool takes has its own name: it is written as the model writes it.
      field: { ...field, title: field.key, optional: !required.includes(field.key) },
      editor: editorOf(field, schema),
      required: required.includes(field.key),
      values: Array.isArray(schema.enum) ? schema.enum : [],
    };
  });
}

function editorOf(field: Field, schema: JsonObject): Editor {
  if (Array.isArray(schema.enum)) return "select";
  switch (schema.type) {
    case "boolean":
      return "toggle";
    case "number":
    case "integer":
      return "number";
    case "string":
      return LONG.test(field.key) || Number(schema.maxLength ?? 0) > 2_000 ? "text" : "line";
    case "array":
      return isObject(schema.items) && schema.items.type === "string" ? "strings" : "json";
    case "object":
      return isObject(schema.additionalProperties) && schema.additionalProperties.type === "string" ? "pairs" : "json";
    default:
      // Text or something else: text is taken as it is.
      return takesText(schema) ? "loose" : "json";
  }
}

function takesText(schema: JsonObject): boolean {
  const any = [schema.anyOf, schema.oneOf].find(Array.isArray) ?? [];
  return any.some((one) => isObject(one) && one.type === "string") || !("type" in schema || "anyOf" in schema);
}

/** `{"type": ["string", "null"]}` says the same as an `anyOf`, which the form knows. */
function simplified(properties: Json | undefined): JsonObject {
  return Object.fromEntries(
    Object.entries(isObject(properties) ? properties : {}).map(([key, value]) => {
      if (!isObject(value) || !Array.isArray(value.type)) return [key, isObject(value) ? value : {}];
      const { type, ...rest } = value;
      const kinds = (type as Json[]).filter((one) => one !== "null");
      const [only] = kinds;
      if (kinds.length === 1 && only !== undefined) return [key, { ...rest, type: only }];
      return [key, { ...rest, anyOf: kinds.map((one) => ({ type: one })) }];
    }),
  );
}

function plainest(property: JsonObject, root: JsonObject): JsonObject {
  let schema = property;
  const any = Array.isArray(schema.anyOf) ? schema.anyOf.filter(isObject).filter((one) => one.type !== "null") : [];
  const [only] = any;
  if (only && any.length === 1) schema = only;
  if (typeof schema.$ref !== "string") return schema;
  let here: Json | undefined = root;
  for (const part of schema.$ref.replace(/^#\//, "").split("/")) here = isObject(here) ? here[part] : undefined;
  return isObject(here) ? here : {};
}

/** A text as the value it is most likely meant as: an object or a list if it is one, else the text. */
export function loosely(text: string): Json | undefined {
  if (text === "") return undefined;
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** The same call at a terminal. Values in single quotes, which keep everything but themselves. */
export function commandOf(tool: string, values: JsonObject): string {
  const words = Object.entries(values).map(([name, value]) => {
    const text = typeof value === "string" && !looksLikeJson(value) ? value : JSON.stringify(value);
    const word = `${name}=${text}`;
    return /^[\w.,:/=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
  });
  return ["pointwork tools call", tool, ...words].join(" ");
}

function looksLikeJson(text: string): boolean {
  if (text.startsWith("@")) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
