import { expect, node, openWorkflow, run, type Stored, test } from "./journey";
import { speaker } from "./documents";

const outer = (inner: string) => ({
  name: "Outer",
  nodes: [
    { id: "start", type: "start", name: "Start", position: { x: 48, y: 144 } },
    {
      id: "sub",
      type: "workflow",
      name: "Say it",
      workflow_config: { workflow_id: inner },
      position: { x: 240, y: 144 },
    },
    { id: "end", type: "end", name: "End", position: { x: 552, y: 144 } },
  ],
  edges: [
    { id: "e1", source: "start", target: "sub" },
    { id: "e2", source: "sub", target: "end" },
  ],
});

test("13: a sub-workflow opens inside, with a way back and its nodes lit", async ({ page, server }) => {
  const inner = await server.json<Stored>("/api/workflows", {
    ...speaker("slowly 150: one two three four five six seven eight nine ten eleven twelve"),
    name: "Inner",
  });
  const stored = await openWorkflow(page, server, outer(inner.id));
  const name = page.getByRole("textbox", { name: "Name of the workflow" });
  const back = page.getByRole("navigation", { name: "Opened from" });

  // To edit: a page of its own.
  await node(page, "Say it").dblclick();
  await expect(name).toHaveValue("Inner");
  await expect(node(page, "Speaker")).toBeVisible();
  await page.reload();
  await back.getByRole("link", { name: "Outer" }).click();
  await expect(name).toHaveValue("Outer");
  await expect(page).toHaveURL(`${server.url}/w/${stored.id}?node=sub`);

  // In a run: the same page with the states of that run, here by the keyboard.
  await run(page);
  await expect(node(page, "Say it").locator("[data-status]")).toHaveAttribute("data-status", "running");
  await node(page, "Say it").click();
  await page.keyboard.press("o");
  await expect(name).toHaveValue("Inner");
  await expect(node(page, "Start").locator("[data-status]")).toHaveAttribute("data-status", "succeeded");
  await expect(node(page, "Speaker").locator("[data-status]")).toHaveAttribute("data-status", "running");
  await expect(node(page, "Speaker")).toContainText("four");
  await page.reload();
  await expect(node(page, "Speaker").locator("[data-status]")).toHaveAttribute("data-status", "succeeded");
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  await node(page, "Speaker").click();
  const properties = page.getByRole("complementary", { name: "Properties" });
  await properties.getByRole("tab", { name: "Last run" }).click();
  await expect(properties.getByTitle("Where in the run")).toHaveText("sub[0]");
  await expect(page.getByRole("button", { name: "Run again" })).toBeHidden();
  await back.getByRole("link", { name: "Outer" }).click();
  await expect(name).toHaveValue("Outer");
  await expect(node(page, "Say it").locator("[data-status]")).toHaveAttribute("data-status", "succeeded");

  // From the menu of the node.
  await page.getByRole("button", { name: "More for Say it" }).click();
  await page.getByRole("menuitem", { name: "Open the workflow inside" }).click();
  await expect(name).toHaveValue("Inner");
  await page.getByRole("button", { name: "Back to editing" }).click();
  await expect(back.getByRole("link", { name: "Outer" })).toBeVisible();
});

test("two levels down a question is answered, and the way back leads through both", async ({ page, server }) => {
  const inner = await server.json<Stored>("/api/workflows", {
    name: "Innermost",
    nodes: [
      { id: "start", type: "start", name: "Start", position: { x: 48, y: 144 } },
      {
        id: "ask",
        type: "human",
        name: "Approve",
        human_config: { question: "Shall it be done?", choices: ["yes"] },
        position: { x: 240, y: 144 },
      },
      { id: "end", type: "end", name: "End", position: { x: 552, y: 144 } },
    ],
    edges: [
      { id: "e1", source: "start", target: "ask" },
      { id: "e2", source: "ask", target: "end", condition: "yes" },
    ],
  });
  const middle = await server.json<Stored>("/api/workflows", { ...outer(inner.id), name: "Middle" });
  await openWorkflow(page, server, outer(middle.id));
  const name = page.getByRole("textbox", { name: "Name of the workflow" });
  const back = page.getByRole("navigation", { name: "Opened from" });
  await run(page);
  await node(page, "Say it").dblclick();
  await expect(name).toHaveValue("Middle");
  await expect(node(page, "Say it").locator("[data-status]")).toHaveAttribute("data-status", /running|waiting/);
  await node(page, "Say it").dblclick();
  await expect(name).toHaveValue("Innermost");
  await expect(node(page, "Approve").locator("[data-status]")).toHaveAttribute("data-status", "waiting");
  await expect(back.getByRole("link")).toHaveText(["Outer", "Middle"]);
  const question = page.getByRole("region", { name: "Waiting for you" });
  await expect(question).toContainText("Shall it be done?");
  await question.getByRole("button", { name: "yes" }).click();
  await expect(node(page, "Approve").locator("[data-status]")).toHaveAttribute("data-status", "succeeded");
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  await back.getByRole("link", { name: "Middle" }).click();
  await expect(name).toHaveValue("Middle");
  await expect(node(page, "Say it").locator("[data-status]")).toHaveAttribute("data-status", "succeeded");
  await back.getByRole("link", { name: "Outer" }).click();
  await expect(name).toHaveValue("Outer");
  await expect(back).toBeHidden();
});
