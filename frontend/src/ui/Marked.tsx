/** A text with what was searched for lit. */
export function Marked({ text, ranges }: { text: string; ranges: [number, number][] }) {
  if (ranges.length === 0) return text;
  const parts = [];
  let from = 0;
  for (const [start, end] of ranges) {
    parts.push(
      text.slice(from, start),
      <mark key={start} className="rounded-[2px] bg-signal/55 text-inherit">
        {text.slice(start, end)}
      </mark>,
    );
    from = end;
  }
  return [...parts, text.slice(from)];
}
