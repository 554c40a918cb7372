/** What a run is about: its inputs in one line; of a single one, its value alone. */
export function aboutIn(inputs: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(inputs ?? {}).filter(([, value]) => value !== "");
  return entries.length === 1
    ? (entries[0]?.[1] ?? "")
    : entries.map(([name, value]) => `${name}: ${value}`).join(", ");
}
