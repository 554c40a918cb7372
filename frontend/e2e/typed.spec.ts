import { checkAccess, expect, node, openWorkflow, type Stored, test } from "./journey";

const DOCUMENT = {
  name: "Tones",
  nodes: [
    {
      id: "start",
      type: "start",
      name: "Start",
      start_config: {
        inputs: [
          { name: "topic", type: "text" },
          { name: "tones", type: "list" },
        ],
      },
      position: { x: 48, y: 144 },
    },
    { id: "write", type: "agent", name: "Write", agent_config: { prompt: "say: hi" }, position: { x: 240, y: 144 } },
    { id: "each", type: "map", name: "Each tone", position: { x: 600, y: 144 } },
    {
      id: "one",
      type: "agent",
      name: "One",
      parent: "each",
      agent_config: { prompt: "say: {{ item }}" },
      position: { x: 24, y: 56 },
    },
  ],
  edges: [{ id: "e1", source: "start", target: "write" }],
};

test("6: text is refused where a list is needed, and a field that fits is picked instead", async ({ page, server }) => {
  const stored = await openWorkflow(page, server, DOCUMENT);
  const now = () => server.json<Stored>(`/api/workflows/${stored.id}`);
  const [a, b] = await Promise.all([
    node(page, "Write").locator(".react-flow__handle.source").first().boundingBox(),
    page.locator('.react-flow__node[data-id="each"] > * .react-flow__handle.target').first().boundingBox(),
  ]);
  if (!a || !b) throw new Error("no ports");
  const draw = async () => {
    await page.mouse.move(a.x + 6, a.y + 6);
    await page.mouse.down();
    await page.mouse.move((a.x + b.x) / 2, a.y + 30, { steps: 4 });
    await page.mouse.move(b.x + 6, b.y + 6, { steps: 4 });
    await page.mouse.up();
  };
  await draw();
  const picker = page.getByRole("dialog", { name: "Pick a field" });
  await expect(picker.getByRole("alert")).toHaveText("Each tone needs a list, but Write gives text.");
  await expect(picker.getByRole("list", { name: "Fields that fit" }).getByRole("button")).toHaveCount(1);
  await checkAccess(page);
  await page.keyboard.press("Escape");
  await expect(picker).toBeHidden();
  await expect(page.locator(".react-flow__edge")).toHaveCount(1);
  expect((await now()).edges).toHaveLength(1);

  // The same by keys, from the list; and this time a field is picked.
  await page.keyboard.press("l");
  await page.getByRole("button", { name: "Connect Write to…" }).press("Enter");
  await page.getByRole("menuitem", { name: "Each tone", exact: true }).press("Enter");
  await picker.getByRole("button", { name: "tones Start" }).press("Enter");
  await expect(picker).toBeHidden();
  await expect.poll(async () => (await now()).edges.length).toBe(2);
  const each = (await now()).nodes.find(({ id }) => id === "each");
  expect(each).toMatchObject({
    inputs: [{ name: "tones", source_node: "start", source_field: "tones" }],
    map_config: { items_source: "tones" },
  });
  const state = await server.json<{ status: string; node_states: Record<string, { output: { results: unknown } }> }>(
    `/api/workflows/${stored.id}/execute?wait=30`,
    { inputs: { topic: "tea", tones: ["warm", "dry"] }, version: (await now()).version_number },
  );
  expect([state.status, state.node_states.each?.output.results]).toEqual(["completed", ["warm", "dry"]]);
});
