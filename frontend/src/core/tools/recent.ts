/** What was tried lately. It is kept in this browser and nowhere else. */
import type { ToolTrial } from "~/api/types";
import type { JsonObject } from "../document/document";

export interface Call {
  id: string;
  tool: string;
  arguments: JsonObject;
  at: number;
  failed: boolean;
  durationMs: number;
  /** Null when it was too large to be kept, or when the tool was not called. */
  trial: ToolTrial | null;
  /** Why it was not called. */
  refused: string;
}

const KEY = "pointwork.tool-calls";
const MOST = 40;
const LARGEST = 20_000; // characters of a result that are kept over a reload

const listeners = new Set<() => void>();
let calls: readonly Call[] | null = null;

export function recentCalls(): readonly Call[] {
  calls ??= read();
  return calls;
}

export function subscribeCalls(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function keepCall(call: Call): void {
  change([call, ...recentCalls()].slice(0, MOST));
}

export function forgetCalls(): void {
  change([]);
}

function change(next: readonly Call[]): void {
  calls = next;
  try {
    localStorage.setItem(KEY, JSON.stringify(next.map(small)));
  } catch {
    // A browser that keeps nothing shows them until it is closed.
  }
  for (const listener of listeners) listener();
}

const small = (call: Call): Call => ((call.trial?.told.length ?? 0) > LARGEST ? { ...call, trial: null } : call);

function read(): Call[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter(isCall) : [];
  } catch {
    return [];
  }
}

function isCall(value: unknown): value is Call {
  if (typeof value !== "object" || value === null) return false;
  const { id, tool, at, arguments: given } = value as Record<string, unknown>;
  return [id, tool].every((one) => typeof one === "string") && typeof at === "number" && typeof given === "object";
}
