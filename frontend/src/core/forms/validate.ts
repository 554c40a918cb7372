/** Checks the configuration of a node against the schema of its type, without asking the server. */
import type { OutputUnit, Schema, Validator } from "@cfworker/json-schema";
import type { JsonObject } from "../document/document";

export interface Misfit {
  /** The key of the configuration. */
  key: string;
  message: string;
}

const validators = new WeakMap<object, Validator>();
const known = new WeakMap<object, Misfit[]>();
/** What says least about the reason: shown only when there is nothing better. */
const VAGUE = ["anyOf", "oneOf", "properties", "$ref", "type", "additionalProperties"];

let make: ((schema: JsonObject) => Validator) | null = null;

/** The checks begin when this has ended; until then everything fits. */
export async function loadValidator(): Promise<void> {
  const library = await import("@cfworker/json-schema");
  // Everything is checked at once: with the short way, only the first of several fields would be named.
  make = (schema) => new library.Validator(schema as Schema, "2020-12", false);
}

export function misfits(config: JsonObject, schema: JsonObject): Misfit[] {
  const before = known.get(config);
  if (before) return before;
  if (!make) return [];
  const validator = validators.get(schema) ?? make(schema);
  validators.set(schema, validator);
  const { errors } = validator.validate(config);
  const byKey = new Map<string, OutputUnit>();
  for (const error of errors) {
    const [, key] = error.instanceLocation.split("/");
    const missing = /required property "([^"]+)"/.exec(error.error)?.[1];
    const name = error.keyword === "required" && key === undefined ? missing : key;
    if (!name) continue;
    const old = byKey.get(name);
    if (!old || VAGUE.indexOf(old.keyword) > VAGUE.indexOf(error.keyword)) byKey.set(name, error);
  }
  const found = [...byKey].map(([key, { error }]) => ({ key, message: error.replace(/^Instance /, "It ") }));
  known.set(config, found);
  return found;
}
