import { expect, node, openWorkflow, run, runId, test } from "./journey";
import { speaker, words } from "./documents";

const start = (inputs: object[] = []) => ({
  id: "start",
  type: "start",
  name: "Start",
  start_config: { inputs },
  position: { x: 48, y: 144 },
});
const end = { id: "end", type: "end", name: "End", position: { x: 720, y: 144 } };

test("11: a loop says its round, and ends by its condition", async ({ page, server }) => {
  await openWorkflow(page, server, {
    name: "Rounds",
    nodes: [
      start(),
      {
        id: "loop",
        type: "loop",
        name: "Three times",
        loop_config: { loop_type: "until", condition: "index >= 3", max_iterations: 8 },
        position: { x: 240, y: 120 },
      },
      {
        id: "inner",
        type: "agent",
        name: "Inner",
        parent: "loop",
        agent_config: { prompt: "slowly 300: one two three four five six" },
        position: { x: 24, y: 56 },
      },
      end,
    ],
    edges: [
      { id: "a", source: "start", target: "loop" },
      { id: "b", source: "loop", target: "end" },
    ],
  });
  await run(page);
  await expect(node(page, "Three times")).toContainText("round 2 of 8");
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  await expect(node(page, "Three times")).toContainText("round 3 of 8");
  const state = await server.json<{ node_states: Record<string, { runs: unknown[] }> }>(
    `/api/executions/${runId(page)}`,
  );
  expect(state.node_states.inner?.runs).toHaveLength(3);
});

test("12: a map over forty items with one that fails", async ({ page, server }) => {
  await openWorkflow(page, server, {
    name: "Forty",
    nodes: [
      start([{ name: "numbers", type: "list", default: Array.from({ length: 40 }, (_, index) => 39 - index) }]),
      {
        id: "map",
        type: "map",
        name: "Each number",
        map_config: { items_source: "numbers", concurrency: 8, on_item_error: "null" },
        inputs: [{ name: "numbers", source_node: "start", source_field: "numbers" }],
        position: { x: 240, y: 120 },
      },
      {
        id: "divide",
        type: "tool",
        name: "Divide",
        parent: "map",
        tool_config: { tool_name: "calculator", arguments: { expression: "1 / {{ number }}" } },
        inputs: [{ name: "number", source_node: "map", source_field: "item" }],
        position: { x: 24, y: 56 },
      },
      end,
    ],
    edges: [
      { id: "a", source: "start", target: "map" },
      { id: "b", source: "map", target: "end" },
    ],
  });
  await run(page);
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  await expect(node(page, "Each number")).toContainText("39 of 40");
  await expect(node(page, "Each number")).toContainText("1 failed");
  await node(page, "Divide").click();
  await page.getByLabel("Round").selectOption({ label: "map[39] · Failed" });
  await expect(page.getByRole("complementary", { name: "Properties" })).toContainText("Why it failed");
});

test("14: a run waits for a person, and the answer decides", async ({ page, server }) => {
  await openWorkflow(page, server, {
    name: "Approval",
    nodes: [
      start(),
      {
        id: "ask",
        type: "human",
        name: "Approve",
        human_config: { question: "Shall it be done?", choices: ["yes", "no"] },
        position: { x: 240, y: 144 },
      },
      { ...end, name: "Done" },
      { ...end, id: "not", name: "Left", position: { x: 720, y: 288 } },
    ],
    edges: [
      { id: "a", source: "start", target: "ask" },
      { id: "b", source: "ask", target: "end", condition: "yes" },
      { id: "c", source: "ask", target: "not", condition: "no" },
    ],
  });
  await run(page);
  const question = page.getByRole("region", { name: "Waiting for you" });
  await expect(question).toContainText("Shall it be done?");
  await question.getByLabel("Comment").fill("with pleasure");
  await question.getByRole("button", { name: "yes" }).click();
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  await expect(question).toBeHidden();
  const state = await server.json<{ node_states: Record<string, { output: unknown }> }>(
    `/api/executions/${runId(page)}`,
  );
  expect(state.node_states.ask?.output).toEqual({ choice: "yes", comment: "with pleasure" });
});

test("21: the server goes down in the middle and comes back", async ({ page, server, expected }) => {
  expected.push(/ERR_CONNECTION_REFUSED/, /WebSocket/, /ERR_/);
  await openWorkflow(page, server, speaker(`slowly 60: ${words(50)}`));
  await run(page);
  await expect(node(page, "Speaker")).toContainText("word8");
  await server.down("SIGKILL");
  await expect(page.getByRole("status").filter({ hasText: "Connection lost" })).toBeVisible();
  await server.up();
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible({ timeout: 25_000 });
  await page.getByRole("button", { name: "Output" }).click();
  await expect(page.getByLabel("Output of the run")).toHaveText(words(50));
});

test("pause holds the run, and it goes on", async ({ page, server }) => {
  const document = speaker(`slowly 40: ${words(20)}`);
  const second = {
    id: "two",
    type: "agent",
    name: "Second",
    agent_config: { prompt: "say: and done" },
    position: { x: 552, y: 320 },
  };
  await openWorkflow(page, server, {
    ...document,
    nodes: [...document.nodes, second],
    edges: [
      { id: "e1", source: "start", target: "agent" },
      { id: "e2", source: "agent", target: "two" },
      { id: "e3", source: "two", target: "end" },
    ],
  });
  await run(page);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("status", { name: "The run: Paused" })).toBeVisible();
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
});
