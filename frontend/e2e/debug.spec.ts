import type { Page } from "@playwright/test";
import { checkAccess, expect, node, openWorkflow, run, runId, test, watch } from "./journey";
import { startEcho } from "./outside";
import { Server } from "./server";

interface State {
  status: string;
  paused: { node: string; when: string | null; path: string[]; seq: number } | null;
  node_states: Record<string, { status: string }>;
}

interface Entry {
  seq: number;
  event: { type: string };
}

const pausedAt = (page: Page) => page.getByRole("status", { name: "Paused", exact: true });

const looped = {
  name: "Round by round",
  nodes: [
    {
      id: "start",
      type: "start",
      start_config: { inputs: [{ name: "numbers", type: "list", default: [1, 2, 3] }] },
      position: { x: 0, y: 120 },
    },
    { id: "first", type: "tool", name: "First", position: { x: 180, y: 96 } },
    {
      id: "each",
      type: "loop",
      name: "Each",
      position: { x: 460, y: 48 },
      loop_config: { loop_type: "for_each", items_source: "numbers" },
      inputs: [{ name: "numbers", source_node: "start", source_field: "numbers" }],
    },
    { id: "body", type: "tool", name: "Body", parent: "each", position: { x: 24, y: 72 } },
    { id: "last", type: "tool", name: "Last", position: { x: 900, y: 96 } },
    { id: "end", type: "end", position: { x: 1180, y: 120 } },
  ],
  edges: [
    { source: "start", target: "first" },
    { source: "first", target: "each" },
    { source: "each", target: "last" },
    { source: "last", target: "end" },
  ],
  variables: {},
};

test("28: a run stops before a node, and goes on step by step, by keys alone", async ({ page, server }) => {
  await openWorkflow(page, server, looped);
  await node(page, "First").click();
  await page.keyboard.press("F9");
  await expect(page.getByRole("img", { name: /^Breakpoint/ })).toHaveCount(1);
  await page.reload();
  await expect(page.getByRole("img", { name: /^Breakpoint/ })).toHaveCount(1);
  await run(page);
  await expect(pausedAt(page)).toHaveText("before First");
  await expect(node(page, "First").locator("[data-status]")).toHaveAttribute("data-status", "paused");
  const id = runId(page);
  const state = async () => server.json<State>(`/api/executions/${id}`);
  const { paused } = await state();
  expect(paused).toMatchObject({ node: "first", when: "before", path: [] });
  const records = await server.json<Entry[]>(`/api/executions/${id}/events?view=records&limit=1000`);
  expect(records.filter(({ event }) => event.type === "ExecutionPaused").map(({ seq }) => seq)).toEqual([paused?.seq]);
  await checkAccess(page);
  await page.locator("body").press("F10");
  await expect.poll(async () => (await state()).node_states.first?.status).toBe("completed");
  await page.locator("body").press("F11");
  await expect.poll(async () => (await state()).paused?.node).toBe("each");
  await page.locator("body").press("F11");
  await expect.poll(async () => (await state()).paused).toMatchObject({ node: "body", path: ["each[0]"] });
  await page.locator("body").press("Shift+F11");
  await expect.poll(async () => (await state()).paused).toMatchObject({ node: "each", path: [] });
  expect((await state()).node_states.each?.status).toBe("completed");
  await page.locator("body").press("F8");
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
});

test("28: over a container, everything in it runs; a breakpoint may be set while a run is paused", async ({
  page,
  server,
}) => {
  await openWorkflow(page, server, looped);
  await node(page, "Each").click({ position: { x: 40, y: 12 } });
  await page.keyboard.press("F9");
  await run(page);
  await expect(pausedAt(page)).toHaveText("before Each");
  const id = runId(page);
  const state = async () => server.json<State>(`/api/executions/${id}`);
  await page.getByRole("button", { name: "Step over the next node" }).click();
  await expect.poll(async () => (await state()).node_states.each?.status).toBe("completed");
  expect((await state()).node_states.last?.status).toBe("pending");
  await node(page, "Last").click();
  await page.keyboard.press("F9");
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(pausedAt(page)).toHaveText("before Last");
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
});

test("29: a breakpoint with a condition stops only in round 2, and what is watched is shown", async ({
  page,
  server,
}) => {
  await openWorkflow(page, server, looped);
  await node(page, "Body").click();
  await page.getByRole("button", { name: "Debug", exact: true }).click();
  const points = page.getByRole("region", { name: "Breakpoints" });
  await points.getByRole("button", { name: "Add" }).click();
  await points.getByRole("textbox", { name: "Only if" }).fill("index == 1");
  const watched = page.getByRole("region", { name: "Watch" });
  await watched.getByRole("button", { name: "Add" }).click();
  await watched.getByRole("textbox", { name: "Expression" }).fill("item * 100");
  await watched.getByRole("button", { name: "Add" }).click();
  await watched.getByRole("textbox", { name: "Expression" }).last().fill("no_such_name + 1");
  await run(page);
  await expect(pausedAt(page)).toHaveText("before Body");
  const state = await server.json<State>(`/api/executions/${runId(page)}`);
  expect(state.paused).toMatchObject({ node: "body", path: ["each[1]"] });
  await page.getByRole("tab", { name: "Debug" }).click();
  await expect(watched.getByRole("status")).toHaveText("200");
  await expect(watched).toContainText("no_such_name");
  await checkAccess(page);
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
});

test("32: an email that must not go out is stood in for", async ({ browser, model }) => {
  const page = await (await browser.newContext()).newPage();
  const wrong: string[] = [];
  const receiver = await startEcho();
  const own = await Server.start(model.url, { POINTWORK_EGRESS_ALLOW: receiver.origin });
  watch(page, own, wrong);
  try {
    const send = { url: receiver.url, method: "POST", body: "Dear customer" };
    await openWorkflow(page, own, {
      name: "Mail",
      nodes: [
        { id: "start", type: "start", position: { x: 0, y: 120 } },
        { id: "send", type: "http", name: "Send email", http_config: send, position: { x: 220, y: 96 } },
        { id: "end", type: "end", position: { x: 560, y: 120 } },
      ],
      edges: [
        { source: "start", target: "send" },
        { source: "send", target: "end" },
      ],
    });
    await node(page, "Send email").click();
    await page.keyboard.press("F9");
    await run(page);
    await expect(pausedAt(page)).toHaveText("before Send email");
    await page.getByRole("button", { name: "Debug", exact: true }).click();
    const stubs = page.getByRole("region", { name: "Stand-ins" });
    await stubs.getByRole("button", { name: "Add" }).click();
    await stubs.getByRole("combobox", { name: "Which node" }).selectOption("Send email");
    const output = stubs.getByRole("textbox", { name: "Output, as JSON" });
    await output.fill("{ sent");
    await expect(stubs.getByRole("alert")).toBeVisible();
    await output.fill('{"sent": "not really"}');
    const stored = async () => own.json<{ stubs: object[] }>(`/api/executions/${runId(page)}`);
    await expect
      .poll(async () => (await stored()).stubs)
      .toMatchObject([{ node: "send", output: { sent: "not really" } }]);
    await checkAccess(page);
    await page.getByRole("button", { name: "Go on" }).click();
    await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
    await page.getByRole("tab", { name: "Output" }).click();
    await expect(page.getByLabel("Output of the run")).toContainText("not really");
    expect(receiver.seen).toEqual([]);
    expect(wrong).toEqual([]);
  } finally {
    await own.close();
    await receiver.close();
  }
});
