/** Light, dark, or what the system has. Kept in this browser. */
export type Theme = "system" | "light" | "dark";

const KEY = "pointwork.theme";
const wantsDark = () => globalThis.matchMedia?.("(prefers-color-scheme: dark)");

export function chosenTheme(): Theme {
  const stored = globalThis.localStorage?.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function shownTheme(chosen = chosenTheme()): "light" | "dark" {
  if (chosen !== "system") return chosen;
  return wantsDark()?.matches ? "dark" : "light";
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  document.documentElement.dataset.theme = shownTheme(theme);
}

/** Follow the system while that is what was chosen. */
export function followSystem(): void {
  wantsDark()?.addEventListener("change", () => chooseTheme(chosenTheme()));
}
