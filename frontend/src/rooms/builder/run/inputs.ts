/** The inputs of a run: what the start asks for, as text of a form and as values. */
import { t } from "@lingui/core/macro";
import type { Json, JsonObject } from "~/core/document/document";

export interface InputField {
  name: string;
  type: string;
  description: string;
  required: boolean;
  placeholder: string;
  fallback: Json | undefined;
}

export function inputFields(list: readonly JsonObject[]): InputField[] {
  return list.flatMap((input) => {
    if (typeof input.name !== "string" || !input.name) return [];
    const fallback = input.default;
    return [
      {
        name: input.name,
        type: typeof input.type === "string" ? input.type : "any",
        description: typeof input.description === "string" ? input.description : "",
        required: input.required !== false && fallback === undefined,
        placeholder:
          fallback === undefined || fallback === null
            ? ""
            : typeof fallback === "string"
              ? fallback
              : JSON.stringify(fallback),
        fallback,
      },
    ];
  });
}

/** The value that a text stands for; undefined: left to the default. */
export function readInput(field: InputField, text: string): { value: Json | undefined } | { error: string } {
  // Defaults are sent along, so that formulas which read the inputs of the run find them too.
  if (text.trim() === "") return field.required ? { error: t`This is needed.` } : { value: field.fallback };
  switch (field.type) {
    case "number": {
      const number = Number(text);
      return Number.isFinite(number) ? { value: number } : { error: t`A number is needed here.` };
    }
    case "boolean":
      return { value: text === "true" };
    case "list":
    case "json":
      try {
        return { value: JSON.parse(text) as Json };
      } catch {
        return field.type === "list"
          ? {
              value: text
                .split("\n")
                .map((line) => line.trim())
                .filter(Boolean),
            }
          : { value: text };
      }
    default:
      return { value: text };
  }
}

const KEY = "pointwork.inputs.";

export function recall(workflowId: string): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(KEY + workflowId) ?? "{}") as Record<string, string>;
  } catch {
    return {};
  }
}

export function remember(workflowId: string, values: Record<string, string>): void {
  try {
    localStorage.setItem(KEY + workflowId, JSON.stringify(values));
  } catch {
    // A browser that keeps nothing asks again.
  }
}
