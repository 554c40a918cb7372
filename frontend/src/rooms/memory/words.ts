import { t } from "@lingui/core/macro";
import type { Kind, Place } from "~/core/memory/shown";

export function kindWord(kind: Kind): string {
  const words: Record<Kind, string> = { fact: t`fact`, interaction: t`interaction`, summary: t`summary` };
  return words[kind];
}

export function kindsWord(kind: Kind): string {
  const words: Record<Kind, string> = { fact: t`Facts`, interaction: t`Interactions`, summary: t`Summaries` };
  return words[kind];
}

export function placeWord(place: Place): string {
  const words: Record<Place, string> = { user: t`user`, session: t`session`, workflow: t`workflow` };
  return words[place];
}

/** Where a memory holds, as chips: `user: priya`. */
export function placesOf(one: { user_id: string; session_id: string; workflow_id: string }): string[] {
  const places: [Place, string][] = [
    ["user", one.user_id],
    ["session", one.session_id],
    ["workflow", one.workflow_id],
  ];
  return places.flatMap(([place, value]) => (value ? [`${placeWord(place)}: ${value}`] : []));
}
