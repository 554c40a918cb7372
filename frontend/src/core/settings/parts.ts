/** The parts of the settings. */
export type Part = "models" | "secrets" | "mcp" | "appearance" | "about";
export const PARTS: Part[] = ["models", "secrets", "mcp", "appearance", "about"];

export interface Shown {
  part?: Part;
  /** The one that is asked for: a provider to be set up, a secret to be stored. */
  name?: string;
}

export function readSettings(search: Record<string, unknown>): Shown {
  const part = PARTS.find((one) => one === search.part);
  return { ...(part && { part }), ...(typeof search.name === "string" && search.name && { name: search.name }) };
}
