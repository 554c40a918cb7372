/** RFC 6902 as far as fixes of the server use it: add, remove, replace. */
import type { Document } from "./document";

interface Operation {
  op: string;
  path: string;
  value?: unknown;
}

export function applyPatch(draft: Document, operations: readonly Operation[]): void {
  for (const { op, path, value } of operations) {
    const keys = path
      .split("/")
      .slice(1)
      .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = keys.pop();
    if (last === undefined) continue;
    // The path is the server's; that it leads somewhere is checked as it is walked.
    let here: unknown = draft;
    for (const key of keys) here = step(here, key);
    if (Array.isArray(here)) {
      const index = last === "-" ? here.length : Number(last);
      here.splice(index, op === "add" ? 0 : 1, ...(op === "remove" ? [] : [value]));
    } else if (typeof here === "object" && here !== null) {
      if (op === "remove") Reflect.deleteProperty(here, last);
      else Reflect.set(here, last, value);
    } else {
      throw new TypeError(`There is nothing at ${path}.`);
    }
  }
}

function step(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
