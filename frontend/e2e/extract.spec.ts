import { expect, node, openWorkflow, run, runId, type Stored, test } from "./journey";

const agent = (id: string, name: string, prompt: string, x: number) => ({
  id,
  type: "agent",
  name,
  agent_config: { prompt },
  position: { x, y: 144 },
});
const document = {
  name: "Report",
  variables: { tone: "calm" },
  nodes: [
    {
      id: "start",
      type: "start",
      name: "Start",
      start_config: { inputs: [{ name: "topic", type: "text", default: "tea" }] },
      position: { x: 48, y: 144 },
    },
    agent("draft", "Draft", "say: a {{ vars.tone }} draft on {{ topic }}", 240),
    agent("review", "Review", "say: review of {{ nodes.draft.output }} for {{ nodes.start.topic }}", 504),
    agent("close", "Close", "say: {{ nodes.review.output }} after {{ nodes.draft.output }}", 768),
    { id: "end", type: "end", name: "End", position: { x: 1032, y: 144 } },
  ],
  edges: [
    { id: "e1", source: "start", target: "draft" },
    { id: "e2", source: "draft", target: "review" },
    { id: "e3", source: "review", target: "close" },
    { id: "e4", source: "close", target: "end" },
  ],
};
const told = "review of a calm draft on tea for tea after a calm draft on tea";

test("25: a selection becomes a sub-workflow, and a run gives the same", async ({ page, server }) => {
  const stored = await openWorkflow(page, server, document);
  const now = () => server.json<Stored>(`/api/workflows/${stored.id}`);
  const result = async () => {
    await run(page);
    await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
    const { result: given } = await server.json<{ result: unknown }>(`/api/executions/${runId(page)}`);
    await page.getByRole("button", { name: "Back to editing" }).click();
    return given;
  };
  expect(await result()).toBe(told);

  await node(page, "Draft").click();
  await node(page, "Review").click({ modifiers: ["Shift"] });
  const properties = page.getByRole("complementary", { name: "Properties" });
  await expect(properties.getByRole("button", { name: "Extract to a sub-workflow" })).toBeVisible();
  await page.keyboard.press("Control+e");
  await expect(node(page, "Part of Report")).toBeVisible();
  await expect(page.locator(".react-flow__node")).toHaveCount(4);
  await expect.poll(async () => (await now()).nodes.map(({ type }) => type)).toContain("workflow");
  const after = await now();
  expect(after.edges.map(({ source, target }) => `${source} ${target}`).sort()).toEqual([
    "close end",
    "part_of_report close",
    "start part_of_report",
  ]);
  expect(await result()).toBe(told);

  // What was cut out stands by itself, and can be run alone.
  await node(page, "Part of Report").dblclick();
  await expect(page.getByRole("textbox", { name: "Name of the workflow" })).toHaveValue("Part of Report");
  await expect(node(page, "Review")).toBeVisible();
  await page.getByRole("link", { name: "Report", exact: true }).click();

  // One step of undo, and the same by the button.
  await expect(node(page, "Part of Report")).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(node(page, "Review")).toBeVisible();
  await expect
    .poll(async () => (await now()).nodes.map(({ id }) => id).sort())
    .toEqual(stored.nodes.map(({ id }) => id).sort());
  expect((await now()).nodes.find(({ id }) => id === "close")).toEqual(stored.nodes.find(({ id }) => id === "close"));
  await node(page, "Draft").click();
  await node(page, "Close").click({ modifiers: ["Shift"] });
  await properties.getByRole("button", { name: "Extract to a sub-workflow" }).click();
  await expect(page.getByText("A track leads out to Review and back in. Select Review too.")).toBeVisible();
  await node(page, "Review").click({ modifiers: ["Shift"] });
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Find anything" })).toBeFocused();
  await page.keyboard.type("extract to a sub");
  await expect(page.getByRole("option", { name: /Extract to a sub-workflow/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.locator(".react-flow__node")).toHaveCount(3);
  expect(await result()).toBe(told);
});

test("a node is called otherwise, and all that refers to it follows in one step", async ({ page, server }) => {
  const stored = await openWorkflow(page, server, document);
  const now = () => server.json<Stored>(`/api/workflows/${stored.id}`);
  await node(page, "Draft").click();
  const id = page.getByRole("textbox", { name: "Id", exact: true });
  await id.fill("review");
  await id.press("Enter");
  await expect(page.getByText("Another node has the id review.")).toBeVisible();
  await expect(id).toHaveValue("draft");
  await id.fill("first_draft");
  await id.press("Enter");
  await expect.poll(async () => (await now()).nodes.map((one) => one.id)).toContain("first_draft");
  const after = await now();
  expect(after.nodes.find((one) => one.id === "close")).toMatchObject({
    agent_config: { prompt: "say: {{ nodes.review.output }} after {{ nodes.first_draft.output }}" },
  });
  expect(after.edges.map(({ source, target }) => `${source} ${target}`)).toContain("start first_draft");
  await expect(id).toHaveValue("first_draft");
  await run(page);
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  await page.getByRole("button", { name: "Back to editing" }).click();
  await page.locator(".react-flow__pane").click({ position: { x: 300, y: 30 } });
  await page.keyboard.press("Control+z");
  await expect.poll(async () => (await now()).nodes).toEqual(stored.nodes);
});
