/** Which of what waits is shown. It lives in the address. */
export interface Shown {
  /** The question that is open. */
  open?: string;
  /** Only what this person should answer. */
  for?: string;
}

interface Waiting {
  execution_id: string;
  scope: string;
  node: string;
}

export function readShown(search: Record<string, unknown>): Shown {
  return {
    ...(typeof search.open === "string" && search.open ? { open: search.open } : {}),
    ...(typeof search.for === "string" && search.for ? { for: search.for } : {}),
  };
}

/** What a question is known by as long as it waits. */
export const keyOf = ({ execution_id, scope, node }: Waiting): string =>
  [execution_id, ...(scope ? [scope] : []), node].join("/");

/** `ask_editor` → `Ask editor` */
export function nodeWords(nodeId: string): string {
  const words = nodeId
    .slice(nodeId.lastIndexOf("/") + 1)
    .replaceAll(/[_-]+/g, " ")
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
