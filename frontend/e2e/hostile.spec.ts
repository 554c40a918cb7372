import { checkAccess, expect, node, openWorkflow, run, test, type Stored } from "./journey";
import { speaker } from "./documents";

test("names in other scripts, a type that nobody knows, and an end that is HTML", async ({ page, server }) => {
  const document = speaker("say: <img src=x onerror=alert(1)><script>alert(2)</script>");
  const stored = await openWorkflow(page, server, {
    ...document,
    name: "مرحبا 🚂 <b>bold</b>",
    nodes: document.nodes.map((one) => (one.id === "agent" ? { ...one, name: "وكيل 🚦 العملاء" } : one)),
  });
  await expect(node(page, "وكيل 🚦 العملاء")).toBeVisible();
  page.on("dialog", () => {
    throw new Error("A script of the model has run.");
  });
  await run(page);
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  await page.getByRole("tab", { name: "Output" }).click();
  await expect(page.getByLabel("Output of the run")).toHaveText(
    "<img src=x onerror=alert(1)><script>alert(2)</script>",
  );
  await server.json(
    `/api/workflows/${stored.id}`,
    {
      ...document,
      nodes: [
        ...document.nodes,
        { id: "x", type: "from_a_plug_in", name: "Strange", from_a_plug_in_config: { dial: 7 } },
      ],
    },
    "PUT",
  );
  await page.goto(`${server.url}/w/${stored.id}`);
  await node(page, "Strange").click();
  await expect(page.getByText("This server has no node type “from_a_plug_in”.", { exact: false })).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("Kept");
  const kept = async () => (await server.json<Stored>(`/api/workflows/${stored.id}`)).nodes.at(-1);
  await expect.poll(kept).toMatchObject({ name: "Kept", from_a_plug_in_config: { dial: 7 } });
});

test("a thousand nodes open, and only those in view are in the page", async ({ page, server }) => {
  const nodes = Array.from({ length: 1_000 }, (_, index) => ({
    id: `n${index}`,
    type: index === 0 ? "start" : "agent",
    name: `Node ${index}`,
    position: { x: (index % 32) * 288, y: Math.floor(index / 32) * 168 },
  }));
  const edges = nodes.slice(1).map(({ id }, index) => ({ id: `e${id}`, source: `n${index}`, target: id }));
  await openWorkflow(page, server, { name: "Thousand", nodes, edges });
  await expect(node(page, "Node 1")).toBeVisible();
  expect(await page.locator(".react-flow__node").count()).toBeLessThan(120);
  // Shortcuts come a moment after the canvas.
  await expect(async () => {
    await page.keyboard.press("1");
    await expect(page.locator(".react-flow.far")).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await page.keyboard.press("0");
  await expect(page.locator(".react-flow.far")).toHaveCount(0);
});

test("events come by another way where sockets are blocked", async ({ page, server }) => {
  await page.addInitScript(() => {
    class Blocked extends EventTarget {
      constructor() {
        super();
        setTimeout(() => this.dispatchEvent(new CloseEvent("close", { code: 1006 })));
      }
      close() {}
      send() {}
    }
    Reflect.set(globalThis, "WebSocket", Blocked);
  });
  await openWorkflow(page, server, speaker("slowly 100: one two three four five six seven eight nine ten"));
  await run(page);
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  await expect(node(page, "Speaker")).toContainText("nine ten");
});

test("a workflow and a run that are not there", async ({ page, server, expected }) => {
  expected.push(/404/, /WebSocket/);
  await page.goto(`${server.url}/w/nobody`);
  await expect(page.getByRole("heading", { name: "There is no such workflow" })).toBeVisible();
  const stored = await openWorkflow(page, server, speaker("Hello"));
  await page.goto(`${server.url}/w/${stored.id}?run=nothing`);
  await expect(page.getByText("There is no such run.")).toBeVisible();
});

for (const [name, options] of Object.entries({
  dark: { colorScheme: "dark" },
  "forced colours and little motion": { forcedColors: "active", reducedMotion: "reduce" },
} as const)) {
  test(`the builder in ${name}`, async ({ page, server }) => {
    await page.emulateMedia(options);
    await openWorkflow(page, server, speaker("Hello {{ vars.gone }}"));
    await node(page, "Speaker").click();
    await expect(page.getByRole("tab", { name: /Setup/ })).toBeVisible();
    // Forced colours are those of the reader; ours are not to be measured then.
    await checkAccess(page, "forcedColors" in options ? ["color-contrast"] : []);
    await page.emulateMedia({ forcedColors: "none" });
  });
}

test("320 pixels wide: everything can be reached", async ({ page, server }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await openWorkflow(page, server, speaker("say: small"));
  await page.keyboard.press("l");
  await page.getByRole("button", { name: "Speaker, Agent" }).click();
  const panel = page.getByRole("complementary", { name: "Properties" });
  await expect(panel.getByRole("textbox", { name: "Prompt", exact: true })).toBeVisible();
  await panel.getByRole("button", { name: "Close the properties" }).click();
  await run(page);
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(320);
});
