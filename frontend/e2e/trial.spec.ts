import { checkAccess, expect, node, openWorkflow, run, runId, type Stored, test } from "./journey";

const DOCUMENT = {
  name: "Praise",
  nodes: [
    {
      id: "start",
      type: "start",
      name: "Start",
      start_config: { inputs: [{ name: "topic", type: "text" }] },
      position: { x: 48, y: 144 },
    },
    { id: "find", type: "agent", name: "Find", agent_config: { prompt: "say: leaves" }, position: { x: 240, y: 144 } },
    {
      id: "praise",
      type: "agent",
      name: "Praise",
      agent_config: { prompt: "say: {{ thing }} is fine, by {{ nodes.find.output }} and {{ inputs.topic }}" },
      inputs: [{ name: "thing", source_node: "start", source_field: "topic" }],
      position: { x: 540, y: 144 },
    },
    { id: "end", type: "end", name: "End", position: { x: 840, y: 144 } },
  ],
  edges: [
    { id: "e1", source: "start", target: "find" },
    { id: "e2", source: "find", target: "praise" },
    { id: "e3", source: "praise", target: "end" },
  ],
};

test("one node is tested alone, with what it received last and with what is written by hand", async ({
  page,
  server,
  model,
  expected,
}) => {
  const stored = await openWorkflow(page, server, DOCUMENT);
  await run(page, { topic: "tea" });
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  const whole = runId(page);

  // By its keys: the inputs are those of the run on show, nothing else is asked again.
  await node(page, "Praise").click();
  await page.keyboard.press("Alt+Enter");
  const panel = page.getByRole("complementary", { name: "Properties" });
  const inputs = panel.getByRole("textbox", { name: "Inputs for the test" });
  await expect(inputs).toHaveValue(/"thing": "tea"/);
  const outcome = panel.getByRole("region", { name: "Test of Praise" });
  await expect(outcome).toContainText("tea is fine, by leaves and tea");
  await expect(outcome).toContainText("Succeeded");
  await expect(outcome).toContainText("12 tokens in, 7 out");
  expect(model.asked("say: leaves")).toHaveLength(1);
  expect(runId(page)).toBe(whole);

  // With other inputs, by the button; the drawing as it is now is what is tested.
  await inputs.fill('{ "thing": "coffee" }');
  await panel.getByRole("button", { name: /Test this node/ }).click();
  await expect(outcome).toContainText("coffee is fine, by leaves and tea");
  await checkAccess(page);
  await inputs.fill("coffee");
  await panel.getByRole("button", { name: /Test this node/ }).click();
  await expect(panel.getByRole("alert")).toContainText("no JSON");
  await panel.getByRole("button", { name: "Inputs of the last run" }).click();
  await expect(inputs).toHaveValue(/"thing": "tea"/);

  // Errors are shown as they came.
  await panel.getByRole("tab", { name: /Setup/ }).click();
  await panel.getByRole("textbox", { name: "Prompt", exact: true }).fill("fails gpt-4o-mini 5 times");
  await page.keyboard.press("Alt+Enter");
  await expect(outcome).toContainText("Why it failed");
  await expect(outcome).toContainText("overloaded");
  expected.push(/422/); // the server refuses what cannot run
  await panel.getByRole("tab", { name: /Setup/ }).click();
  await panel.getByRole("textbox", { name: "Prompt", exact: true }).fill("say: {{ vars.nothing }}");
  await page.keyboard.press("Alt+Enter");
  await expect(panel.getByRole("alert").or(outcome).filter({ hasText: "nothing" })).toBeVisible();

  // No workflow was added, and the run before stays what it was.
  const list = await server.json<Stored[]>("/api/workflows");
  expect(list.filter(({ name }) => name === "Praise").map(({ id }) => id)).toEqual([stored.id]);
  expect((await server.json<{ status: string }>(`/api/executions/${whole}`)).status).toBe("completed");
});
