/** Which templates are shown. It lives in the address. */
import type { TemplateEntry } from "~/api/types";

export type Need = TemplateEntry["needs"][number];
export const NEEDS: Need[] = ["model", "internet", "person"];

export interface Shown {
  group?: string;
  /** What must not be needed. */
  without?: Need[];
  q?: string;
  /** The one that is looked at closely. */
  show?: string;
}

export function readShown(search: Record<string, unknown>): Shown {
  const { group, without, q, show } = search;
  const named = Array.isArray(without) ? NEEDS.filter((need) => without.includes(need)) : [];
  return {
    ...(typeof group === "string" && group ? { group } : {}),
    ...(named.length > 0 ? { without: named } : {}),
    ...(typeof q === "string" && q ? { q } : {}),
    ...(typeof show === "string" && show ? { show } : {}),
  };
}
