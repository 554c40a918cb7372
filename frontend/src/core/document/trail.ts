/** The way in to a sub-workflow: the workflows around it, each with the node that was opened in it, the outermost first. */
export interface Around {
  workflow: string;
  node: string;
}

/** The trail as it stands in the address; anything else there is none. */
export function readTrail(value: unknown): Around[] {
  if (!Array.isArray(value)) return [];
  const trail = value.flatMap((one: unknown): Around[] => {
    if (typeof one !== "object" || one === null || !("workflow" in one) || !("node" in one)) return [];
    const { workflow, node } = one;
    return typeof workflow === "string" && typeof node === "string" ? [{ workflow, node }] : [];
  });
  return trail.length === value.length ? trail : [];
}

/** The key that the stream gives the node by which one came in: `europe/germany`. */
export const keyOf = (trail: readonly Around[]): string => trail.map(({ node }) => node).join("/");
