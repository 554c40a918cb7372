/** The app as its developers have it: served by Vite, with calls and sockets handed on to a real server. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "@playwright/test";
import { node, run, type Stored } from "./journey";
import { freePort, Server } from "./server";

let vite: ChildProcess | null = null;
let server: Server | null = null;

test.afterEach(async () => {
  if (vite && vite.exitCode === null) {
    const gone = once(vite, "exit");
    vite.kill();
    await gone;
  }
  await server?.close();
});

test("npm run dev: a workflow is opened and run", async ({ page }) => {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  server = await Server.start(null, { POINTWORK_ORIGINS: address });
  const { id } = await server.json<Stored>("/api/workflows", {
    name: "Developed",
    nodes: [
      { id: "start", type: "start", position: { x: 48, y: 48 } },
      {
        id: "sum",
        type: "tool",
        tool_config: { tool_name: "calculator", arguments: { expression: "2 + 3" } },
        position: { x: 264, y: 48 },
      },
      { id: "end", type: "end", position: { x: 528, y: 48 } },
    ],
    edges: [
      { source: "start", target: "sum" },
      { source: "sum", target: "end" },
    ],
  });
  vite = spawn("node_modules/.bin/vite", ["--port", String(port), "--host", "127.0.0.1"], {
    env: { ...process.env, POINTWORK_URL: server.url },
    stdio: ["ignore", "ignore", "inherit"],
  });
  await expect
    .poll(
      async () =>
        fetch(address).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeout: 30_000 },
    )
    .toBe(true);
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  await page.goto(`${address}/w/${id}`, { timeout: 40_000 });
  await expect(node(page, "sum")).toBeVisible({ timeout: 30_000 });
  await run(page);
  await expect(node(page, "sum")).toContainText("5", { timeout: 20_000 });
  expect(wrong).toEqual([]);
});
