/** Which templates are shown, and what they need in words. */
import { t } from "@lingui/core/macro";
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

export function chosen(list: readonly TemplateEntry[], { group, without = [], q = "" }: Shown): TemplateEntry[] {
  const wanted = q.toLowerCase();
  return list.filter(
    (one) =>
      (!group || one.group === group) &&
      !without.some((need) => one.needs.includes(need)) &&
      `${one.title} ${one.description} ${one.group}`.toLowerCase().includes(wanted),
  );
}

export function groupsOf(list: readonly TemplateEntry[]): [string, number][] {
  const groups = new Map<string, number>();
  for (const { group } of list) groups.set(group, (groups.get(group) ?? 0) + 1);
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}

export function needWord(need: Need): string {
  const words: Record<Need, string> = {
    model: t`an API key or local model`,
    internet: t`internet`,
    person: t`a person`,
  };
  return words[need];
}

/** What stands on a card. */
export function needChips(needs: readonly Need[]): string[] {
  const words: Record<Need, string> = { model: t`model`, internet: t`internet`, person: t`a person` };
  return needs.length > 0 ? needs.map((need) => words[need]) : [t`needs nothing`];
}
