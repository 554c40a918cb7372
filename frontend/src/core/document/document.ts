/**
 * The document as the editor handles it: what the server stores, with the keys that the editor reads named. Keys that it
 * does not know stay where they are.
 */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface Point {
  x: number;
  y: number;
}

export interface InputMapping {
  name: string;
  source_node?: string | null;
  source_field?: string;
  [key: string]: unknown;
}

export interface DocumentNode {
  id: string;
  type: string;
  name?: string;
  parent?: string | null;
  position?: Partial<Point>;
  inputs?: InputMapping[];
  disabled?: boolean;
  [key: string]: unknown;
}

export interface DocumentEdge {
  id: string;
  source: string;
  target: string;
  /** The outlet of the source; none is `out`. */
  condition?: string | null;
  [key: string]: unknown;
}

export interface Document {
  id?: string | null;
  name: string;
  description?: string | null;
  nodes: DocumentNode[];
  edges: DocumentEdge[];
  variables?: JsonObject;
  [key: string]: unknown;
}

export const titleOf = (node: { id: string; name?: string | undefined }): string => node.name || node.id;

export const nodeOf = (document: Document, id: string | null | undefined): DocumentNode | undefined =>
  id ? document.nodes.find((node) => node.id === id) : undefined;

export const placeOf = (node: DocumentNode): Point => ({ x: node.position?.x ?? 0, y: node.position?.y ?? 0 });

export const configKey = (type: string): string => `${type}_config`;

export function configOf(node: DocumentNode): JsonObject {
  const value = node[configKey(node.type)];
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The outlet that an edge leaves by. */
export const portOf = (edge: DocumentEdge): string => edge.condition ?? "out";

/** What the store adds to a document; it is no part of it. */
const OF_THE_STORE = ["version_id", "version_number", "draft", "created_at", "updated_at"];

export function withoutStoreKeys(stored: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(stored).filter(([key]) => !OF_THE_STORE.includes(key)));
}

/** What the server sends, made whole: lists that are missing are empty, edges that have no id get one. */
export function readDocument(stored: object): Document {
  const document = withoutStoreKeys(stored) as unknown as Document;
  const seen = new Set<string>();
  const edges = (document.edges ?? []).map((edge, index) => {
    let id = edge.id || `e${index + 1}`;
    while (seen.has(id)) id = `${id}'`;
    seen.add(id);
    return id === edge.id ? edge : { ...edge, id };
  });
  return { ...document, name: document.name ?? "", nodes: document.nodes ?? [], edges };
}
