/** What the inspector shows of a run. It lives in the address. */
export const TABS = ["talk", "input", "output", "config"] as const;
export type Tab = (typeof TABS)[number];

export interface Chosen {
  /** The key of the selected span; none: the run itself. */
  span?: string;
  tab?: Tab;
  /** The stretch that is looked at closely, as parts of the whole width. */
  from?: number;
  to?: number;
  /** Lines of everything, not of the selected span alone. */
  all?: boolean;
}

export function readChosen(search: Record<string, unknown>): Chosen {
  const [from, to] = [Number(search.from), Number(search.to)];
  const tab = TABS.find((one) => one === search.tab);
  return {
    ...(typeof search.span === "string" && search.span && { span: search.span }),
    ...(tab && { tab }),
    ...(search.all === true && { all: true }),
    ...(search.to !== undefined && from >= 0 && to <= 1 && from < to && !(from === 0 && to === 1) && { from, to }),
  };
}
