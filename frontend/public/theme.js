// Runs before the first paint, so that a dark page never flashes white. Kept apart because pages allow no inline script.
(() => {
  let chosen = "system";
  try {
    chosen = localStorage.getItem("pointwork.theme") || "system";
  } catch {
    // A browser that keeps nothing follows the system.
  }
  const dark = chosen === "dark" || (chosen === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
