/** Forms from JSON Schema: which fields there are, what each is edited with, and when it is shown. */
import { isObject, type Json, type JsonObject } from "../document/document";

export type Widget =
  | "text"
  | "prompt"
  | "code"
  | "expression"
  | "number"
  | "slider"
  | "select"
  | "toggle"
  | "model"
  | "tools"
  | "tool"
  | "workflow"
  | "arguments"
  | "key-value"
  | "strings"
  | "rows"
  | "json";

export interface Field {
  key: string;
  title: string;
  help: string;
  widget: Widget;
  advanced: boolean;
  fallback: Json | undefined;
  /** May be null or left out. */
  optional: boolean;
  placeholder: string;
  options: string[];
  minimum: number | undefined;
  maximum: number | undefined;
  integer: boolean;
  /** What one entry of a list of objects is made of. */
  row: Field[];
  when: JsonObject;
  schema: JsonObject;
}

/** The fields of an object schema, in its order. */
export function fieldsOf(schema: JsonObject, root: JsonObject = schema): Field[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  return Object.entries(properties).flatMap(([key, value]) => (isObject(value) ? [fieldOf(key, value, root)] : []));
}

function fieldOf(key: string, property: JsonObject, root: JsonObject): Field {
  const { schema, optional } = plain(property, root);
  const ui = isObject(property.ui) ? property.ui : {};
  const row = schema.type === "array" && isObject(schema.items) ? fieldsOf(plain(schema.items, root).schema, root) : [];
  return {
    key,
    title: sentence(text(property.title) || key),
    help: text(property.description),
    widget: widgetOf(key, schema, text(ui.widget), row),
    advanced: ui.advanced === true,
    fallback: property.default,
    optional: optional || property.default !== undefined,
    placeholder: text(ui.placeholder),
    options: Array.isArray(schema.enum) ? schema.enum.map(String) : [],
    minimum: bound(schema.minimum ?? schema.exclusiveMinimum),
    maximum: bound(schema.maximum ?? schema.exclusiveMaximum),
    integer: schema.type === "integer",
    row,
    when: isObject(ui.when) ? ui.when : {},
    schema: property,
  };
}

/** Follow `$ref`, and take the one alternative that is not null. */
function plain(property: JsonObject, root: JsonObject): { schema: JsonObject; optional: boolean } {
  let schema = follow(property, root);
  const any = Array.isArray(schema.anyOf) ? schema.anyOf.filter(isObject) : [];
  const real = any.filter((one) => one.type !== "null");
  const [only] = real;
  if (only && real.length === 1) schema = follow(only, root);
  return { schema, optional: any.length > real.length };
}

function follow(schema: JsonObject, root: JsonObject): JsonObject {
  if (typeof schema.$ref !== "string") return schema;
  let here: Json | undefined = root;
  for (const part of schema.$ref.replace(/^#\//, "").split("/")) here = isObject(here) ? here[part] : undefined;
  return isObject(here) ? here : {};
}

const BY_NAME: Record<string, Widget> = { tool_name: "tool", workflow_id: "workflow", arguments: "arguments" };
const KNOWN: ReadonlySet<string> = new Set<Widget>([
  "text",
  "prompt",
  "code",
  "expression",
  "number",
  "slider",
  "select",
  "model",
  "tools",
  "key-value",
]);

function widgetOf(key: string, schema: JsonObject, hint: string, row: Field[]): Widget {
  const named = BY_NAME[key];
  if (named) return named;
  if (schema.type === "array") {
    if (hint === "tools") return "tools";
    if (row.length > 0) return "rows";
    return isObject(schema.items) && schema.items.type === "string" ? "strings" : "json";
  }
  if (isWidget(hint)) return hint;
  if (Array.isArray(schema.enum)) return "select";
  switch (schema.type) {
    case "boolean":
      return "toggle";
    case "number":
    case "integer":
      return "number";
    case "string":
      return schema.format === "expression" ? "expression" : "text";
    default:
      return "json";
  }
}

const isWidget = (hint: string): hint is Widget => KNOWN.has(hint);

/** Whether a field says something, given the other values: `{"method": ["POST"]}`, `{"type": {"not": ["empty"]}}`. */
export function isShown(field: Field, values: JsonObject, fields: readonly Field[]): boolean {
  return Object.entries(field.when).every(([key, wanted]) => {
    const value = values[key] ?? fields.find((one) => one.key === key)?.fallback ?? null;
    if (Array.isArray(wanted)) return wanted.includes(value);
    const not = isObject(wanted) ? wanted.not : undefined;
    return !Array.isArray(not) || !not.includes(value);
  });
}

/** `Max Tokens` → `Max tokens`; abbreviations stay. */
function sentence(title: string): string {
  const words = title.replaceAll("_", " ").split(" ");
  return words
    .map((word, index) => {
      if (/^[A-Z]{2,}$/.test(word)) return word;
      return index === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : word.toLowerCase();
    })
    .join(" ");
}

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const bound = (value: Json | undefined): number | undefined => (typeof value === "number" ? value : undefined);

/** One sentence for a card, from the pattern of the catalogue: `Ask {model}`. What is not set is left out. */
export function sentenceOf(pattern: string, config: JsonObject, fields: readonly Field[]): string {
  return pattern
    .replaceAll(/\{(\w+)\}/g, (_whole, key: string) => {
      const field = fields.find((one) => one.key === key);
      if (field && !isShown(field, config, fields)) return "";
      const value = config[key] ?? field?.fallback;
      if (value === null || value === undefined) return "";
      return typeof value === "string" ? value.replaceAll("_", " ") : JSON.stringify(value);
    })
    .replaceAll(/\s+/g, " ")
    .trim();
}
