/** Values as a line or two of text, as nodes and lists show them. */
import { isObject } from "../document/document";

/** What a value is in one line, at most `most` characters of it. */
export function brief(value: unknown, most = 160): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return cut(value, most);
  if (isObject(value) && typeof value.$blob === "string") return cut(String(value.preview ?? "…"), most);
  return cut(JSON.stringify(value) ?? "", most);
}

/** The whole value, for reading. */
export function full(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value, null, 2) ?? "";
}

/** The first entries of an object, for the body of a node. */
export function entriesOf(value: unknown, most = 2): [string, string][] {
  if (!isObject(value) || "$blob" in value) return [];
  return Object.entries(value)
    .slice(0, most)
    .map(([key, inner]) => [key, brief(inner, 60)]);
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
