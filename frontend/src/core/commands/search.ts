/** What the palette finds: how well a text fits the letters that were typed, and which of its letters those are. */
export interface Hit {
  score: number;
  /** Where the found letters stand: `[from, to)`. */
  ranges: [number, number][];
}

/** `query` as a piece of the text, best at the beginning of a word; else its letters in order, if words begin with them. */
export function match(query: string, text: string): Hit | null {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return { score: 0, ranges: [] };
  const low = text.toLowerCase();
  const at = low.indexOf(wanted);
  if (at >= 0) {
    const word = at === 0 || /[\s._:“(-]/.test(low[at - 1] ?? "");
    return {
      score: (at === 0 ? 100 : word ? 80 : 50) - Math.min(low.length, 200) / 20,
      ranges: [[at, at + wanted.length]],
    };
  }
  return initials(wanted, low);
}

function initials(wanted: string, low: string): Hit | null {
  const ranges: [number, number][] = [];
  let from = 0;
  for (const letter of wanted.replaceAll(" ", "")) {
    const last = ranges.at(-1);
    if (last && last[1] === from && low[from] === letter) {
      last[1] += 1;
    } else {
      while (from < low.length && !(low[from] === letter && /^$|[\s._:-]/.test(low[from - 1] ?? ""))) from += 1;
      if (from === low.length) return null;
      ranges.push([from, from + 1]);
    }
    from += 1;
  }
  return { score: 30 - ranges.length, ranges };
}
