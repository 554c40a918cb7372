/** What the memory room shows. It lives in the address. */
export const VIEWS = ["conversation", "audit"] as const;
export const KINDS = ["fact", "interaction", "summary"] as const;
export const PLACES = ["user", "session", "workflow"] as const;
export type View = (typeof VIEWS)[number];
export type Kind = (typeof KINDS)[number];
export type Place = (typeof PLACES)[number];

/** From where an agent asks; a place that is left out is none in particular. */
export type Scope = Partial<Record<Place, string>>;

export interface Shown extends Scope {
  agent?: string;
  /** None: what is remembered. */
  view?: View;
  kind?: Kind;
  /** What is looked for: by meaning, as an agent would; or those that hold these words. */
  q?: string;
  by?: "words";
  /** How many an agent would get. */
  n?: number;
  /** The memory that is looked at. */
  open?: string;
}

export const USUAL_N = 5;
const MOST_N = 100;

export function readShown(search: Record<string, unknown>): Shown {
  const texts = ["agent", "q", "open", ...PLACES].flatMap((key) => {
    const value = search[key];
    // An address is read as JSON, so that what looks like a number has become one.
    const text = typeof value === "number" ? String(value) : value;
    return typeof text === "string" && text ? [[key, text]] : [];
  });
  const view = VIEWS.find((one) => one === search.view);
  const kind = KINDS.find((one) => one === search.kind);
  const n = Math.round(Number(search.n));
  return {
    ...(Object.fromEntries(texts) as Shown),
    ...(view && { view }),
    ...(kind && { kind }),
    ...(search.by === "words" && { by: "words" as const }),
    ...(n >= 1 && n <= MOST_N && n !== USUAL_N && { n }),
  };
}

/** The scope as the server takes it. */
export const scopeOf = ({ user = "", session = "", workflow = "" }: Scope) => ({
  user_id: user,
  session_id: session,
  workflow_id: workflow,
});

/** Without some keys: `drop(shown, "open", "q")`. */
export function drop(shown: Shown, ...keys: (keyof Shown)[]): Shown {
  return Object.fromEntries(Object.entries(shown).filter(([key]) => !keys.includes(key as keyof Shown))) as Shown;
}
