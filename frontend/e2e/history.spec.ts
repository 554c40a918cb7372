import { checkAccess, expect, test as base } from "./journey";
import { Server } from "./server";

/** Runs are counted here, so nobody else's are on this server. */
const test = base.extend<object, { server: Server }>({
  server: [
    async ({ model }, use) => {
      const server = await Server.start(model.url);
      await use(server);
      await server.close();
    },
    { scope: "worker" },
  ],
});

const RUNS = 5_000;
const AT_ONCE = 16;

async function seed(server: Server): Promise<void> {
  const start = { id: "start", type: "start", name: "Start" };
  const edges = [{ source: "start", target: "end" }];
  const nightly = await server.json<{ id: string }>("/api/workflows", {
    name: "Nightly",
    nodes: [start, { id: "end", type: "end" }],
    edges,
  });
  const price = await server.json<{ id: string }>("/api/workflows", {
    name: "Price",
    nodes: [
      { ...start, start_config: { inputs: [{ name: "price", type: "number" }] } },
      { id: "end", type: "end" },
    ],
    edges,
  });
  let begun = 0;
  const work = async () => {
    while (begun < RUNS) {
      begun += 1;
      await server.json(`/api/workflows/${nightly.id}/execute`, { inputs: { order: `order ${begun}` } });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (let i = 0; i < 3; i += 1) await server.json(`/api/workflows/${price.id}/execute?wait=20`, {});
}

test("34: five thousand runs: filter, search, open, and back to the same place", async ({ page, server }) => {
  test.setTimeout(120_000);
  await seed(server);
  await page.goto(`${server.url}/runs`);
  const table = page.getByRole("table", { name: "Runs" });
  await expect(table.getByRole("row").nth(5)).toBeVisible();
  const inPage = () => table.getByRole("row").count();
  expect(await inPage()).toBeLessThanOrEqual(60);
  await expect(page.getByRole("button", { name: /^Succeeded 5,0/ })).toBeVisible();

  // Down, further than one page reaches.
  const box = table.locator("[role=presentation]");
  for (let step = 0; step < 8; step += 1) {
    await box.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await page.waitForTimeout(150);
  }
  await box.evaluate((element) => element.scrollTo(0, 44 * 420));
  const row = table.getByRole("row").filter({ hasText: "order" }).nth(12);
  await expect(row).toBeVisible();
  expect(await inPage()).toBeLessThanOrEqual(60);
  const place = await box.evaluate((element) => element.scrollTop);
  expect(place).toBe(44 * 420);
  const text = await row.innerText();
  await row.getByRole("link").click();
  await expect(page).toHaveURL(/\/runs\/[^/]+$/);
  await page.goBack();
  await expect(
    table
      .getByRole("row")
      .filter({ hasText: /order \d+/ })
      .first(),
  ).toBeVisible();
  expect(await box.evaluate((element) => element.scrollTop)).toBe(place);
  expect((await table.innerText()).replaceAll("\n", " ")).toContain(/order \d+/.exec(text)?.[0] ?? "no order");

  // The other way round.
  await page.getByRole("button", { name: "When" }).click();
  await expect(page).toHaveURL(/order=oldest/);
  // Not the first row: other journeys may have run something before.
  await expect(
    table
      .getByRole("row")
      .filter({ hasText: /order \d{1,2}\b/ })
      .first(),
  ).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "When" })).toHaveAttribute("aria-sort", "ascending");
  await page.getByRole("button", { name: "When" }).click();
  await expect(page).not.toHaveURL(/order=/);

  // Only what failed; the address says so.
  await page.getByRole("button", { name: "Failed 3" }).click();
  await expect(page).toHaveURL(/status=failed/);
  await expect(table.getByRole("row")).toHaveCount(4);
  await expect(table).toContainText("The workflow needs the input 'price'");
  await page.reload();
  await expect(table.getByRole("row")).toHaveCount(4);
  await table.getByRole("row").nth(1).hover();
  await expect(table.getByRole("button", { name: "Retry from start" }).first()).toBeVisible();
  await page.getByRole("button", { name: "All", exact: true }).click();

  await page.getByRole("searchbox", { name: "Search runs" }).fill("price");
  await expect(page).toHaveURL(/q=price/);
  await expect(table.getByRole("row")).toHaveCount(4);
  await expect(page.getByRole("searchbox", { name: "Search runs" })).toBeFocused();
  await page.getByRole("searchbox", { name: "Search runs" }).fill("no such run");
  await expect(page.getByRole("heading", { name: "No run fits" })).toBeVisible();
  await page.getByRole("button", { name: "Show all runs" }).click();
  await expect(page).toHaveURL(/span=ever/);
  await expect(table.getByRole("row").nth(5)).toBeVisible();
  await checkAccess(page);
});

test("34: a run that begins and ends elsewhere is shown as it happens", async ({ page, server }) => {
  const document = {
    name: "Asks elsewhere",
    nodes: [
      { id: "start", type: "start" },
      { id: "ask", type: "human", human_config: { question: "Well?", choices: ["yes"] } },
      { id: "end", type: "end" },
    ],
    edges: [
      { source: "start", target: "ask" },
      { source: "ask", target: "end", condition: "yes" },
    ],
  };
  const { id } = await server.json<{ id: string }>("/api/workflows", document);
  await page.goto(`${server.url}/runs?workflow=${id}`);
  await expect(page.getByRole("heading", { name: "No run fits" })).toBeVisible();
  const run = await server.json<{ execution_id: string }>(`/api/workflows/${id}/execute?wait=20`, {});
  const row = page.getByRole("table", { name: "Runs" }).getByRole("row").nth(1);
  await expect(row).toContainText("Asks: Well?", { timeout: 15_000 });
  await server.json(`/api/executions/${run.execution_id}/commands`, {
    type: "answer",
    node: "ask",
    value: { choice: "yes" },
  });
  await expect(row).toContainText("Succeeded");
});
