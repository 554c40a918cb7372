import { defineConfig } from "@playwright/test";
import journeys from "./playwright.config";

/** Takes pictures instead of checking: `npm run screens`, or `SCREENS=build,run npm run screens`. */
export default defineConfig({
  ...journeys,
  projects: [{ name: "pictures", testMatch: "*.pictures.ts" }],
  timeout: 600_000,
});
