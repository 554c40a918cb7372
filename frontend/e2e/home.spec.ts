import { checkAccess, expect, test, watch } from "./journey";
import { Server } from "./server";

test("1: first start, with nothing: the example runs and shows its output", async ({ browser }) => {
  const server = await Server.start(null);
  const context = await browser.newContext();
  const page = await context.newPage();
  const wrong: string[] = [];
  watch(page, server, wrong);
  try {
    await page.goto(server.url);
    await expect(page.getByRole("heading", { name: "Build your first workflow" })).toBeVisible();
    const health = page.getByRole("region", { name: "How things are" });
    await expect(health).toContainText("Server running");
    await expect(health).toContainText("Only the demo model");
    await checkAccess(page);
    await page.getByRole("button", { name: "Run it" }).click();
    const example = page.getByRole("region", { name: "The example" });
    await expect(example).toContainText("Succeeded", { timeout: 60_000 });
    await expect(example.getByLabel("Output of the example")).toHaveText("15 * 23 + 17 = 362");
    await expect(page.getByRole("region", { name: "Recent runs" })).toContainText("An agent that calculates");
    await checkAccess(page);

    // Once more: the same workflow, not another one.
    await page.getByRole("button", { name: "Run it" }).click();
    await expect(page.getByRole("region", { name: "Recent runs" }).getByRole("listitem")).toHaveCount(2);
    expect(await server.json<unknown[]>("/api/workflows")).toHaveLength(1);
    await example.getByRole("link", { name: "See what happened" }).click();
    await expect(page.getByRole("treeitem", { name: /^Solver, Succeeded/ })).toBeVisible();
    expect(wrong).toEqual([]);
  } finally {
    await context.close();
    await server.close();
  }
});
