/** The name under which this browser answers, as its person says. */
const KEY = "pointwork.by";

export function nameOfMine(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

export function callMe(name: string): void {
  try {
    localStorage.setItem(KEY, name.slice(0, 200));
  } catch {
    // A browser that keeps nothing asks again.
  }
}
