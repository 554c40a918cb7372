/** A name that nobody has yet. */
export function freeName(start: string, taken: readonly string[]): string {
  let number = taken.length + 1;
  while (taken.includes(`${start}${number}`)) number += 1;
  return `${start}${number}`;
}
