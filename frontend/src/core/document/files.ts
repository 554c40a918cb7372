/** Workflows as files: what can be read as one, and what is written. */

import { isObject, withoutStoreKeys } from "./document";

/** Read the text of a file as a workflow document; throws an Error that says what it is instead. */
export function readWorkflow(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("This is not a workflow: the file is not JSON.");
  }
  // Some tools wrap the document, the first version of this program did too.
  const inner = isObject(value) && isObject(value.workflow) ? value.workflow : value;
  if (!isObject(inner) || !Array.isArray(inner.nodes)) {
    throw new Error("This is not a workflow: it has no list of nodes.");
  }
  const known = inner.nodes.every(
    (node) => isObject(node) && typeof node.id === "string" && typeof node.type === "string",
  );
  if (!known) throw new Error("This is not a workflow of Pointwork: each node needs an id and a type.");
  const { id: _id, ...document } = withoutStoreKeys(inner);
  return { edges: [], name: "Imported", ...document };
}

/** The document as text for a file, without what only the store knows. */
export function writeWorkflow(document: object): string {
  return `${JSON.stringify(withoutStoreKeys(document), null, 2)}\n`;
}
