import { readFile } from "node:fs/promises";
import { checkAccess, expect, test } from "./journey";

interface State {
  status: string;
  last_seq: number;
  usage: { input_tokens: number; output_tokens: number; model_calls: number };
}

/** Two rounds of an agent, then a person. */
const ROUNDS = {
  name: "Two drafts",
  nodes: [
    {
      id: "start",
      type: "start",
      name: "Start",
      start_config: { inputs: [{ name: "tones", type: "list", default: ["warm", "dry"] }] },
      position: { x: 48, y: 144 },
    },
    {
      id: "each",
      type: "loop",
      name: "Each tone",
      loop_config: { loop_type: "for_each", items_source: "tones" },
      inputs: [{ name: "tones", source_node: "start", source_field: "tones" }],
      position: { x: 240, y: 96 },
    },
    {
      id: "draft",
      type: "agent",
      name: "Draft",
      parent: "each",
      agent_config: { system_prompt: "Be brief.", prompt: "slowly 20: one {{ tone }} draft of the letter" },
      inputs: [{ name: "tone", source_node: "each", source_field: "item" }],
      position: { x: 24, y: 56 },
    },
    {
      id: "ask",
      type: "human",
      name: "Approve",
      human_config: { question: "Send it?", choices: ["send", "drop"] },
      position: { x: 600, y: 144 },
    },
    { id: "end", type: "end", name: "Sent", position: { x: 912, y: 144 } },
    { id: "dropped", type: "end", name: "Dropped", position: { x: 912, y: 264 } },
  ],
  edges: [
    { id: "e1", source: "start", target: "each" },
    { id: "e2", source: "each", target: "ask" },
    { id: "e3", source: "ask", target: "end", condition: "send" },
    { id: "e4", source: "ask", target: "dropped", condition: "drop" },
  ],
};

test("33: the inspector: one selection drives everything, waiting is folded, sums are the server's", async ({
  page,
  server,
}) => {
  const { id } = await server.json<{ id: string }>("/api/workflows", ROUNDS);
  const run = await server.json<State & { execution_id: string }>(`/api/workflows/${id}/execute?wait=30`, {});
  expect(run.status).toBe("waiting");
  await page.waitForTimeout(1_500); // for a person, which is to be folded
  await page.goto(`${server.url}/runs/${run.execution_id}`);

  const tree = page.getByRole("tree", { name: "Spans of the run" });
  await expect(tree.getByRole("treeitem", { name: /^Round 2, Succeeded/ })).toBeVisible();
  await expect(tree.getByRole("treeitem", { name: /^Draft, Succeeded/ })).toHaveCount(2);
  await expect(page.getByText(/of waiting folded/)).toBeVisible();
  const totals = page.getByLabel("Totals");
  const { usage } = run;
  await expect(totals).toContainText(`${usage.input_tokens} in · ${usage.output_tokens} out`);
  await expect(totals).toContainText(`Model calls${usage.model_calls}`);

  // One span drives the address, the logs and the conversation.
  await tree
    .getByRole("treeitem", { name: /^Draft/ })
    .nth(1)
    .click();
  await expect(page).toHaveURL(/span=each%5B1%5D%2Fdraft/);
  await expect(page.getByRole("log", { name: "Lines" })).toContainText("Node 'draft' in each[1] completed");
  await expect(page.getByRole("log", { name: "Lines" })).not.toContainText("each[0]");
  const about = page.getByRole("tabpanel");
  await expect(about).toContainText("Be brief.");
  await expect(about).toContainText("one dry draft of the letter");
  await page.getByRole("tab", { name: "Output" }).click();
  await expect(about).toHaveText("one dry draft of the letter");
  await page.reload();
  await expect(about).toHaveText("one dry draft of the letter");

  // By keys: up and down, folding and unfolding.
  await tree.focus();
  await page.keyboard.press("ArrowUp");
  await expect(page).toHaveURL(/span=%40each%5B1%5D/);
  await page.keyboard.press("ArrowLeft");
  await expect(tree.getByRole("treeitem", { name: /^Draft/ })).toHaveCount(1);
  await page.keyboard.press("ArrowRight");
  await expect(tree.getByRole("treeitem", { name: /^Draft/ })).toHaveCount(2);
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/span=/);

  // A stretch of it closely.
  const edge = page.getByRole("slider", { name: "Beginning of the stretch" });
  const box = await edge.boundingBox();
  if (!box) throw new Error("no overview");
  await page.mouse.move(box.x + 120, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + 400, box.y + 30, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=0\.\d+&to=0\.\d+|to=0\.\d+&from=0\.\d+/);
  await page.getByRole("button", { name: "Show all of it" }).click();
  await expect(page).not.toHaveURL(/from=/);
  await checkAccess(page);

  // The answer lets it go on, live.
  await page.getByRole("region", { name: "Waiting for you" }).getByRole("button", { name: "send" }).click();
  await expect(tree.getByRole("treeitem", { name: /^Sent, Succeeded/ })).toBeVisible();
  const state = await server.json<State>(`/api/executions/${run.execution_id}`);
  expect(state.status).toBe("completed");

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export as JSON" }).click();
  const file = await (await download).path();
  const exported = JSON.parse(await readFile(file, "utf8")) as { execution: State; records: unknown[] };
  expect([exported.execution.status, exported.records.length]).toEqual(["completed", state.last_seq]);

  // From the second draft on, as a run of its own.
  await tree
    .getByRole("treeitem", { name: /^Draft/ })
    .nth(1)
    .click();
  await page.getByRole("button", { name: "Re-run from here" }).click();
  await expect(page).not.toHaveURL(new RegExp(run.execution_id));
  await expect(page.getByRole("region", { name: "Waiting for you" })).toBeVisible();
});

test("33: on a phone a run is a line, and is answered there", async ({ page, server }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const { id } = await server.json<{ id: string }>("/api/workflows", ROUNDS);
  const run = await server.json<{ execution_id: string }>(`/api/workflows/${id}/execute?wait=30`, {});
  await page.goto(`${server.url}/runs/${run.execution_id}`);
  const line = page.getByRole("list", { name: "The run, step by step" });
  await line
    .getByRole("button", { name: /^Draft, Succeeded/ })
    .first()
    .click();
  await expect(page.getByRole("tabpanel")).toContainText("one warm draft of the letter");
  await checkAccess(page);
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "drop" }).click();
  await expect(line.getByRole("button", { name: /^Dropped, Succeeded/ })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test("large, hostile and tabular outputs are shown as what they are", async ({ page, server }) => {
  const html = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title='taken'\">";
  const rows = Array.from({ length: 900 }, (_, index) => ({ name: `row ${index}`, html, sum: index }));
  const document = {
    name: "Outputs",
    nodes: [
      { id: "start", type: "start" },
      { id: "end", type: "end" },
    ],
    edges: [{ source: "start", target: "end" }],
  };
  const { id } = await server.json<{ id: string }>("/api/workflows", document);
  const run = async (inputs: object) =>
    (await server.json<{ execution_id: string }>(`/api/workflows/${id}/execute?wait=30`, { inputs })).execution_id;
  await page.goto(`${server.url}/runs/${await run({ text: html })}`);
  await expect(page.getByText("onerror").first()).toBeVisible();
  await page.goto(`${server.url}/runs/${await run({ rows: rows.slice(0, 3) })}?span=end&tab=input`);
  await expect(page.getByRole("tabpanel")).toContainText("row 2");
  await page.goto(`${server.url}/runs/${await run({ rows, text: "x".repeat(1_500_000) })}`);
  await expect(page.getByRole("button", { name: /Load all of it/ })).toHaveCount(2);
  await page.getByRole("button", { name: "Load all of it, 1.5 MB" }).click();
  await expect(page.getByText(/more characters/)).toBeVisible();
  await page.getByRole("button", { name: /Load all of it/ }).click();
  await expect(page.getByRole("table").getByRole("row")).toHaveCount(201);
  await expect(page.getByText("700 more rows")).toBeVisible();
  await expect(page).not.toHaveTitle(/taken/);
});
