import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const own = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  workers: 2, // each has a server of its own, and mostly waits for it
  timeout: 45_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: process.env.CI ? "line" : "list",
  use: {
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    permissions: ["clipboard-read", "clipboard-write"],
    trace: "retain-on-failure",
    ...(own && { launchOptions: { executablePath: own } }),
  },
  projects: [
    { name: "journeys", testIgnore: "perf.spec.ts" },
    { name: "load", testMatch: "perf.spec.ts", dependencies: ["journeys"], workers: 1 }, // measures, so it is alone
  ],
});
