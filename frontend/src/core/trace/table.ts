/** Lists of objects as tables. */
export interface Table {
  columns: string[];
  rows: unknown[][];
}

const COLUMNS = 24;

/** The table that a list of at least two similar objects makes; null for anything else. */
export function tableOf(value: unknown): Table | null {
  if (!Array.isArray(value) || value.length < 2) return null;
  const names = new Map<string, number>();
  for (const entry of value) {
    if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return null;
    for (const name of Object.keys(entry)) names.set(name, (names.get(name) ?? 0) + 1);
  }
  const common = [...names.values()].filter((times) => times * 2 >= value.length).length;
  if (common === 0 || names.size > COLUMNS) return null;
  const columns = [...names.keys()];
  return { columns, rows: value.map((entry: Record<string, unknown>) => columns.map((name) => entry[name])) };
}
