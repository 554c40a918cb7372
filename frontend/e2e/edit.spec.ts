import { expect, node, openWorkflow, run, type Stored, test } from "./journey";
import { fork, speaker } from "./documents";

const shape = ({ nodes, edges }: Stored) => ({
  types: nodes.map(({ type }) => type).sort(),
  lines: edges.map(({ source, target, condition }) => `${source} ${condition ?? "out"} ${target}`).sort(),
});

test("3: build the same with the keyboard alone", async ({ page, server }) => {
  const stored = await openWorkflow(page, server, { name: "By keyboard", nodes: [], edges: [] });
  await page.locator("body").press("/");
  for (const name of ["start", "agent", "end"]) {
    const box = page.getByRole("dialog", { name: /^Add/ }).getByRole("combobox");
    await expect(box).toBeFocused();
    await page.keyboard.type(name);
    await page.keyboard.press("Enter");
    await expect(box).toBeHidden();
    if (name !== "end") await page.keyboard.press("/");
  }
  await expect
    .poll(async () => shape(await server.json<Stored>(`/api/workflows/${stored.id}`)))
    .toEqual({
      types: ["agent", "end", "start"],
      lines: ["agent out end", "start out agent"],
    });
  // The same by the list: take a track away, and lay it again.
  await page.keyboard.press("l");
  await page.getByRole("button", { name: "Remove the track to End" }).press("Enter");
  await page.getByRole("button", { name: "Connect Agent to…" }).press("Enter");
  await page.getByRole("menuitem", { name: "End", exact: true }).press("Enter");
  await expect.poll(async () => (await server.json<Stored>(`/api/workflows/${stored.id}`)).edges.length).toBe(2);
  const rows = page.getByRole("list", { name: "Nodes in order" }).getByRole("button", { pressed: false });
  await rows.first().focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("button", { name: "Agent, Agent" })).toBeFocused();
});

test("5: every node type of the palette is added with nothing wrong in it", async ({ page, server }) => {
  const types = await server.json<{ type: string; title: string }[]>("/api/node-types");
  const stored = await openWorkflow(page, server, { name: "One of each", nodes: [], edges: [] });
  const buttons = page.getByRole("list", { name: "Nodes" }).getByRole("button");
  await expect(buttons).toHaveCount(types.length);
  for (let index = 0; index < types.length; index += 1) {
    await buttons.nth(index).click();
    await expect(page.locator(".react-flow__node")).toHaveCount(index + 1);
    await expect(page.getByRole("tab", { name: /Setup/ })).toBeVisible();
  }
  await expect
    .poll(async () => (await server.json<Stored>(`/api/workflows/${stored.id}`)).nodes.length)
    .toBe(types.length);
  const problems = await server.json<{ severity: string; message: string; code: string }[]>(
    `/api/workflows/${stored.id}/problems`,
  );
  // Which workflow or tool is meant only the author knows; everything else begins with sense.
  const errors = problems.filter(({ severity, message }) => severity === "error" && !message.includes("Workflow"));
  expect(errors.map(({ message }) => message)).toEqual([]);
});

test("7: a circle that cannot run is refused, and wrapped in a loop instead", async ({ page, server }) => {
  const document = speaker("Hello");
  const second = { id: "second", type: "agent", name: "Second", position: { x: 240, y: 360 } };
  const stored = await openWorkflow(page, server, {
    ...document,
    nodes: [...document.nodes, second],
    // Entered at two places: such a circle has no first node.
    edges: [
      ...document.edges,
      { id: "e3", source: "agent", target: "second" },
      { id: "e4", source: "start", target: "second" },
    ],
  });
  await page.keyboard.press("l");
  await page.getByRole("button", { name: "Connect Second to…" }).click();
  await page.getByRole("menuitem", { name: "Speaker", exact: true }).click();
  await page.getByRole("button", { name: "Wrap in a loop" }).click();
  await expect.poll(async () => (await server.json<Stored>(`/api/workflows/${stored.id}`)).nodes.length).toBe(5);
  const { nodes } = await server.json<Stored>(`/api/workflows/${stored.id}`);
  const loop = nodes.find(({ type }) => type === "loop");
  expect(nodes.filter(({ parent }) => parent === loop?.id).map(({ id }) => id)).toEqual(["agent", "second"]);
});

test("8: problems are on the node, in the field and in the strip, and can be repaired", async ({ page, server }) => {
  const document = speaker("Write in a tone of {{ vars.tone }}.");
  await openWorkflow(page, server, {
    ...document,
    nodes: [...document.nodes, { id: "lost", type: "nothing_known", name: "Lost", position: { x: 240, y: 360 } }],
  });
  await expect(page.getByRole("button", { name: /2 errors/ })).toBeVisible();
  await node(page, "Speaker")
    .getByRole("button", { name: /vars\.tone/ })
    .click();
  const panel = page.getByRole("complementary", { name: "Properties" });
  await expect(panel.getByRole("textbox", { name: "Prompt", exact: true })).toBeFocused();
  await panel.getByRole("button", { name: "Create variable" }).click();
  await page.getByRole("button", { name: /1 error/ }).click();
  const dock = page.getByRole("region", { name: "Dock" });
  await dock.getByRole("button", { name: "Remove the node" }).first().click();
  await expect(dock).toContainText("Nothing is wrong with this workflow.");
  await expect(page.getByRole("button", { name: "No problems" })).toBeVisible();
});

test("22: two tabs edit one workflow, and both edits are kept", async ({ page, server, context, expected }) => {
  expected.push(/409/); // the late one is told, and merges
  const stored = await openWorkflow(page, server, fork);
  const other = await context.newPage();
  await other.goto(page.url());
  await node(other, "Discount").click();
  await other.getByLabel("Name", { exact: true }).fill("Ten per cent off");
  const named = async () => (await server.json<Stored>(`/api/workflows/${stored.id}`)).nodes.map(({ name }) => name);
  await expect.poll(named).toContain("Ten per cent off");
  await node(page, "Full price").click();
  await page.getByLabel("Name", { exact: true }).fill("As it is");
  await expect.poll(named).toEqual(["Start", "Big?", "Ten per cent off", "As it is"]);
  await expect(node(page, "Ten per cent off")).toBeVisible();
  await other.close();
});

test("24: copy nodes into another workflow", async ({ page, server }) => {
  await openWorkflow(page, server, fork);
  await node(page, "Big?").click();
  await node(page, "Discount").click({ modifiers: ["Shift"] });
  await page.keyboard.press("Control+c");
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('"big"');
  const target = await openWorkflow(page, server, fork);
  await expect(page.locator(".react-flow__node")).toHaveCount(4);
  await page.locator(".react-flow__pane").click({ position: { x: 300, y: 30 } });
  await page.keyboard.press("Control+v");
  await expect(page.locator(".react-flow__node")).toHaveCount(6);
  await expect.poll(async () => (await server.json<Stored>(`/api/workflows/${target.id}`)).nodes.length).toBe(6);
  const { nodes, edges } = await server.json<Stored>(`/api/workflows/${target.id}`);
  expect(new Set(nodes.map(({ id }) => id)).size).toBe(6);
  expect(edges).toHaveLength(4);
  expect(edges.at(-1)).toMatchObject({ source: "big_2", target: "discount_2", condition: "true" });
});

test("26: tidy up sixty nodes, and undo it", async ({ page, server }) => {
  const nodes = Array.from({ length: 60 }, (_, index) => ({
    id: `n${index}`,
    type: index === 0 ? "start" : "agent",
    name: `Node ${index}`,
    position: { x: 40, y: 40 },
  }));
  const edges = nodes
    .slice(1)
    .map(({ id }, index) => ({ id: `e${id}`, source: `n${index - (index % 3)}`, target: id }));
  const stored = await openWorkflow(page, server, { name: "Heap", nodes, edges });
  await page.getByRole("button", { name: "Tidy up" }).click();
  const places = async () => {
    const document = await server.json<Stored>(`/api/workflows/${stored.id}`);
    return new Set(document.nodes.map(({ position }) => `${position?.x} ${position?.y}`)).size;
  };
  await expect.poll(places).toBe(60);
  const boxes = await page
    .locator(".react-flow__node")
    .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON() as DOMRect));
  const overlapping = boxes.flatMap((a, index) =>
    boxes.slice(index + 1).filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom),
  );
  expect(overlapping).toEqual([]);
  await page.keyboard.press("Control+z");
  await expect.poll(places).toBe(1);
});

test("27: find words inside a prompt, and add and connect from the palette", async ({ page, server }) => {
  const stored = await openWorkflow(page, server, speaker("Mention the giraffe."));
  const box = page.getByRole("combobox", { name: "Find anything" });
  await page.keyboard.press("Control+k");
  await expect(box).toBeFocused();
  await page.keyboard.type("giraffe");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Prompt", exact: true })).toBeFocused();
  await page.keyboard.press("Control+k");
  await expect(box).toBeFocused();
  await page.keyboard.type("http");
  await expect(page.getByRole("option", { name: /HTTP/ }).first()).toBeVisible();
  await page.keyboard.press("Shift+Enter");
  await expect
    .poll(async () => shape(await server.json<Stored>(`/api/workflows/${stored.id}`)).lines)
    .toContain("agent out http_request");
});

test("a file goes out and comes in again, and what is no workflow is refused", async ({ page, server }) => {
  await openWorkflow(page, server, fork);
  await page.getByRole("button", { name: "More", exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "Export as a file" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("Fork.json");
  await page.getByRole("link", { name: "Workflows" }).first().click();
  const [picker] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Import" }).click(),
  ]);
  await picker.setFiles(await download.path());
  await expect(page.locator(".react-flow__node")).toHaveCount(4);
  await page.getByRole("link", { name: "Workflows" }).first().click();
  const [again] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Import" }).click(),
  ]);
  await again.setFiles({
    name: "x.json",
    mimeType: "application/json",
    buffer: Buffer.from("<script>alert(1)</script>"),
  });
  await expect(page.getByText("This is not a workflow: the file is not JSON.")).toBeVisible();
});

test("a menu that is asked for before it is there opens when it comes", async ({ page, server }) => {
  let arrive = () => {};
  const asked = new Promise<void>((resolve) => {
    void page.route("**/MenuContent-*.js", async (route) => {
      const clicked = new Promise<void>((come) => (arrive = come));
      resolve();
      await clicked;
      await route.continue();
    });
  });
  await openWorkflow(page, server, fork);
  await asked;
  await page.getByRole("button", { name: "More", exact: true }).click();
  arrive();
  await expect(page.getByRole("menuitem", { name: "Export as a file" })).toBeVisible();
});

test("a note is written, moved and kept, and a run does not care", async ({ page, server }) => {
  const stored = await openWorkflow(page, server, speaker("say: fine"));
  await page.getByRole("button", { name: "Add a note" }).click();
  const note = page.locator(".react-flow__node-note");
  await note.click({ position: { x: 4, y: 4 } });
  await page.getByRole("textbox", { name: "Note" }).fill("Change vars.tone, not the prompt.");
  const box = (await note.boundingBox()) ?? { x: 0, y: 0 };
  await page.mouse.move(box.x + 4, box.y + 4);
  await page.mouse.down();
  await page.mouse.move(box.x + 100, box.y - 120, { steps: 5 });
  await page.mouse.up();
  const kept = async () => (await server.json<Stored & { notes?: object[] }>(`/api/workflows/${stored.id}`)).notes;
  await expect.poll(kept).toMatchObject([{ text: "Change vars.tone, not the prompt." }]);
  const before = await kept();
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Note" })).toHaveValue("Change vars.tone, not the prompt.");
  await run(page);
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  await page.getByRole("button", { name: "Back to editing" }).click();
  expect(await kept()).toEqual(before);
  await note.click({ position: { x: 4, y: 4 } });
  await page.locator("body").press("Delete");
  await expect.poll(kept).toEqual([]);
});
