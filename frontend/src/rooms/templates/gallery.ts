/** The templates that fit, and what they need in words. */
import { t } from "@lingui/core/macro";
import type { TemplateEntry } from "~/api/types";
import type { Need, Shown } from "./shownTemplates";

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
