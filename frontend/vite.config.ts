import babel from "@rolldown/plugin-babel";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.POINTWORK_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [
    // Messages stay in the code: English needs no catalogue, other languages get one.
    babel({ plugins: [["@lingui/babel-plugin-lingui-macro", { stripMessageField: false }]] }),
    react(),
    tailwindcss(),
  ],
  resolve: { alias: { "~": new URL("./src", import.meta.url).pathname } },
  server: {
    port: 3000,
    strictPort: true,
    proxy: {
      "/api": { target: server, ws: true, changeOrigin: true },
      "/health": { target: server, changeOrigin: true },
      "/docs": { target: server, changeOrigin: true },
      "/openapi.json": { target: server, changeOrigin: true },
    },
  },
  build: {
    outDir: "../src/pointwork/server/web",
    emptyOutDir: true,
    // Everything is a file of its own: the pages allow neither inline scripts nor fonts in data addresses.
    assetsInlineLimit: 0,
    manifest: "manifest.json", // read by scripts/budget.mjs
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "node", // those that need a page say so at their top
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
