import { expect, node, openWorkflow, run, runId, type Stored, test } from "./journey";

interface State {
  status: string;
  result: unknown;
  node_states: Record<string, { status: string; attempt?: number }>;
}

/** Start, an agent that finds, an agent that writes, end. */
const pair = (find: object, write: object) => ({
  name: "Find and write",
  nodes: [
    { id: "start", type: "start", name: "Start", position: { x: 48, y: 144 } },
    { id: "find", type: "agent", name: "Find", position: { x: 240, y: 144 }, ...find },
    { id: "write", type: "agent", name: "Write", position: { x: 540, y: 144 }, ...write },
    { id: "end", type: "end", name: "End", position: { x: 840, y: 144 } },
  ],
  edges: [
    { id: "e1", source: "start", target: "find" },
    { id: "e2", source: "find", target: "write" },
    { id: "e3", source: "write", target: "end" },
  ],
});

test("16: a model that fails is asked again twice, then another one answers", async ({ page, server, model }) => {
  const told = "fails gpt-4o 9 times, fails gpt-4o-mini 2 times, say: third time lucky";
  const { id } = await server.json<Stored>(
    "/api/workflows",
    pair(
      { agent_config: { prompt: "say: facts" } },
      {
        agent_config: { prompt: told, model: "gpt-4o", fallback_models: ["gpt-4o-mini"] },
        retry: { max_attempts: 3, first_delay_s: 0.2, factor: 1 },
      },
    ),
  );
  const { execution_id: runs } = await server.json<{ execution_id: string }>(`/api/workflows/${id}/execute`, {});
  await page.goto(`${server.url}/runs/${runs}`);
  const tree = page.getByRole("tree", { name: "Spans of the run" });
  await expect(tree.getByRole("treeitem", { name: /^End, Succeeded/ })).toBeVisible();

  // Every attempt is a row of its own, in order, and under the last one it says who answered in whose place.
  await expect(tree.getByRole("treeitem", { name: /^Write, Failed/ })).toHaveCount(1);
  await expect(tree.getByRole("treeitem", { name: /^Write, retry 1, Failed/ })).toHaveCount(1);
  await expect(tree.getByRole("treeitem", { name: /^Write, retry 2, Succeeded/ })).toHaveCount(1);
  await expect(tree.getByRole("treeitem", { name: /^gpt-4o, Failed/ })).toHaveCount(2);
  const answered = tree.getByRole("treeitem", { name: /^gpt-4o-mini in place of gpt-4o, Succeeded/ });
  await expect(answered).toHaveCount(1);
  await expect(page.getByLabel("Totals")).toContainText("Retries2");
  await tree.getByRole("treeitem", { name: /^Write, retry 1/ }).click();
  await expect(page.getByRole("tabpanel")).toContainText("overloaded");
  await answered.click();
  await page.getByRole("tab", { name: "Output" }).click();
  await expect(page.getByRole("tabpanel")).toContainText("third time lucky");
  const state = await server.json<State>(`/api/executions/${runs}`);
  expect([state.status, state.result]).toEqual(["completed", "third time lucky"]);
  const asked = model.asked("third time lucky");
  expect(asked).toEqual(["gpt-4o", "gpt-4o-mini", "gpt-4o", "gpt-4o-mini", "gpt-4o", "gpt-4o-mini"]);
});

test("17: what failed says why; mended, it goes on from there with what was found before", async ({
  page,
  server,
  model,
}) => {
  const facts = "say: facts of journey seventeen";
  await openWorkflow(
    page,
    server,
    pair({ agent_config: { prompt: facts } }, { agent_config: { prompt: "fails gpt-4o-mini 9 times" } }),
  );
  await run(page);
  const card = node(page, "Write");
  await expect(page.getByRole("status", { name: "The run: Failed" })).toBeVisible();
  await expect(card.locator("[data-status]")).toHaveAttribute("data-status", "failed");
  await expect(card).toContainText("overloaded");
  const failed = runId(page);

  // The cause in the inspector too.
  await page.goto(`${server.url}/runs/${failed}?span=write`);
  await expect(page.getByRole("alert").filter({ hasText: "overloaded" })).toBeVisible();
  await page.getByRole("link", { name: "Open on the canvas" }).click();
  await expect(card.locator("[data-status]")).toHaveAttribute("data-status", "failed");

  // Mended, and on from there: the first agent is not asked a second time.
  await card.click();
  const panel = page.getByRole("complementary", { name: "Properties" });
  await panel.getByRole("tab", { name: "Last run" }).click();
  await expect(panel).toContainText("overloaded");
  await panel.getByRole("tab", { name: /Setup/ }).click();
  await panel.getByRole("textbox", { name: "Prompt", exact: true }).fill("say: mended");
  await panel.getByRole("tab", { name: "Last run" }).click();
  await panel.getByRole("button", { name: "Retry from here" }).click();
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  const again = runId(page);
  expect(again).not.toBe(failed);
  const state = await server.json<State>(`/api/executions/${again}`);
  expect([state.status, state.result, state.node_states.find?.status]).toEqual(["completed", "mended", "completed"]);
  expect(model.asked(facts)).toHaveLength(1);
  await expect(node(page, "Find").locator("[data-status]")).toHaveAttribute("data-status", "succeeded");

  // From the inspector of the run that failed, with what has been saved since.
  await page.goto(`${server.url}/runs/${failed}?span=write`);
  await page.getByRole("button", { name: "Retry from here" }).click();
  await expect(page).not.toHaveURL(new RegExp(failed));
  const tree = page.getByRole("tree", { name: "Spans of the run" });
  await expect(tree.getByRole("treeitem", { name: /^Write, Succeeded/ })).toBeVisible();
  await expect(tree.getByRole("treeitem", { name: /^Find, Succeeded/ })).toBeVisible();
  expect(model.asked(facts)).toHaveLength(1);
});
