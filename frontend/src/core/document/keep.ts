/** Keeps the steps of undo in this browser (IndexedDB), so that they survive a reload. */
import type { Document } from "./document";
import type { Steps } from "./store";

const DATABASE = "pointwork";
const TABLE = "steps";
/** Nodes in all kept steps together: enough for 200 steps of an ordinary workflow, and never a slow page. */
const MAX_NODES = 20_000;

interface Kept extends Steps {
  document: Document;
}

export async function keepSteps(id: string, document: Document, { past, future }: Steps): Promise<void> {
  const each = Math.max(1, document.nodes.length);
  const room = Math.max(1, Math.floor(MAX_NODES / each));
  const kept: Kept = { document, past: past.slice(-room), future: future.slice(-room) };
  await ask("readwrite", (table) => table.put(kept, id));
}

/** The steps, if they lead to this very document. */
export async function keptSteps(id: string, document: Document): Promise<Steps | null> {
  const kept = await ask<Kept | undefined>("readonly", (table) => table.get(id));
  return kept && sameDocument(kept.document, document) ? { past: kept.past, future: kept.future } : null;
}

export function sameDocument(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Answers undefined where the browser keeps nothing (private windows): undo then ends with the page. */
function ask<T>(mode: IDBTransactionMode, question: (table: IDBObjectStore) => IDBRequest): Promise<T | undefined> {
  return new Promise((resolve) => {
    if (!globalThis.indexedDB) return resolve(undefined);
    const opening = indexedDB.open(DATABASE, 1);
    opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(TABLE));
    opening.addEventListener("error", () => resolve(undefined));
    opening.addEventListener("success", () => {
      const database = opening.result;
      const request = question(database.transaction(TABLE, mode).objectStore(TABLE));
      const done = (value: T | undefined) => {
        database.close();
        resolve(value);
      };
      request.addEventListener("success", () => done(request.result as T));
      request.addEventListener("error", () => done(undefined));
    });
  });
}
