import type { IsFormula } from "~/core/document/rewrite";
import type { Field } from "~/core/forms/fields";
import type { Catalogue } from "./session/session";

/** Which settings are formulas, as the catalogue says; those in the rows of lists too. */
export function formulas(catalogue: Catalogue): IsFormula {
  const keysOf = (fields: readonly Field[]): string[] =>
    fields.flatMap((field) => [...(field.widget === "expression" ? [field.key] : []), ...keysOf(field.row)]);
  const known = new Map([...catalogue.fields].map(([type, fields]) => [type, new Set(keysOf(fields))]));
  return (type, key) => known.get(type)?.has(key) ?? false;
}
