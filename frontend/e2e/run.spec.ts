import { checkAccess, expect, node, openWorkflow, run, runId, test } from "./journey";
import { fork, speaker, words } from "./documents";

interface State {
  status: string;
  result: unknown;
  node_states: Record<string, { status: string }>;
}

test("9: tokens stream on the node, and the end is what the server has", async ({ page, server }) => {
  await openWorkflow(page, server, speaker(`slowly 60: ${words(40)}`));
  await run(page);
  const card = node(page, "Speaker");
  const lengths = new Set<number>();
  for (let look = 0; look < 40 && lengths.size < 6; look += 1) {
    lengths.add((await card.innerText()).length);
    await page.waitForTimeout(80);
  }
  expect(lengths.size).toBeGreaterThanOrEqual(6);
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  await page.getByRole("tab", { name: "Output" }).click();
  const state = await server.json<State>(`/api/executions/${runId(page)}`);
  expect(state.result).toBe(words(40));
  await expect(page.getByLabel("Output of the run")).toHaveText(words(40));
  await checkAccess(page);
});

test("10: only the way that is taken runs, the other is shown as not taken", async ({ page, server }) => {
  await openWorkflow(page, server, fork);
  await run(page, { amount: "50" });
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  const shown = async (name: string) => node(page, name).locator("[data-status]").getAttribute("data-status");
  expect(await shown("Full price")).toBe("succeeded");
  expect(await shown("Discount")).toBe("skipped");
  await expect(page.locator('path[data-track="untaken"]')).toHaveCount(1);
  await expect(page.locator('path[data-track="taken"]')).toHaveCount(2);
  const state = await server.json<State>(`/api/executions/${runId(page)}`);
  expect([state.node_states.full?.status, state.node_states.discount?.status]).toEqual(["completed", "skipped"]);
});

test("18: stop in the middle of a sentence", async ({ page, server, model }) => {
  await openWorkflow(page, server, speaker(`slowly 100: ${words(300)}`));
  await run(page);
  await expect(node(page, "Speaker")).toContainText("word5");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByRole("status", { name: "The run: Stopped" })).toBeVisible({ timeout: 1_000 });
  const state = await server.json<State>(`/api/executions/${runId(page)}`);
  expect(state.status).toBe("cancelled");
  await page.waitForTimeout(300);
  const said = model.said();
  await page.waitForTimeout(500);
  expect(model.said()).toBe(said);
});

test("19: reload in the middle, and nothing is lost or doubled", async ({ page, server }) => {
  await openWorkflow(page, server, speaker(`slowly 80: ${words(60)}`));
  await run(page);
  await expect(node(page, "Speaker")).toContainText("word8");
  const id = runId(page);
  await page.reload();
  expect(runId(page)).toBe(id);
  await expect(node(page, "Speaker")).toContainText("word12");
  await expect(page.getByRole("status", { name: "The run: Running" })).toBeVisible();
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  await node(page, "Speaker").click();
  await page.getByRole("tab", { name: "Last run" }).click();
  await expect(page.getByRole("complementary", { name: "Properties" }).locator("pre").first()).toHaveText(words(60));
});

test("20: the socket is cut and comes back behind what was seen", async ({ page, server }) => {
  let sockets = 0;
  const open: { close: () => Promise<void> }[] = [];
  await page.routeWebSocket(/\/api\/ws\//, (socket) => {
    sockets += 1;
    const upstream = socket.connectToServer();
    open.push({ close: async () => Promise.all([socket.close({ code: 4000 }), upstream.close()]).then(() => {}) });
  });
  await openWorkflow(page, server, speaker(`slowly 80: ${words(60)}`));
  await run(page);
  await expect(node(page, "Speaker")).toContainText("word5");
  await open[0]?.close();
  await expect.poll(() => sockets).toBeGreaterThan(1);
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  await page.getByText("Output", { exact: true }).first().click();
  await expect(page.getByLabel("Output of the run")).toHaveText(words(60));
});
