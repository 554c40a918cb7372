import { readFile } from "node:fs/promises";
import { checkAccess, expect, test } from "./journey";
import type { Server } from "./server";

interface Entry {
  id: string;
  content: string;
}

const FACTS = [
  "Priya prefers short replies and no phone calls.",
  "Refunds above 200 pounds need a lead to approve.",
  "The depot in Leeds scans nothing on Mondays.",
];

const add = (server: Server, agent: string, fact: string, more: object = {}) =>
  server.json<Entry>(`/api/memory/${agent}/facts`, { fact, ...more });

/** What an agent with this memory was given in a run of it. */
async function given(server: Server, agent: string, question: string): Promise<string[]> {
  const { id } = await server.json<{ id: string }>("/api/workflows", {
    name: "Support",
    nodes: [
      { id: "start", type: "start" },
      {
        id: "agent",
        type: "agent",
        agent_config: { prompt: question, use_memory: true, memory: { agent_id: agent, write: "nothing" } },
      },
      { id: "end", type: "end" },
    ],
    edges: [
      { id: "e1", source: "start", target: "agent" },
      { id: "e2", source: "agent", target: "end" },
    ],
  });
  const { execution_id } = await server.json<{ execution_id: string }>(`/api/workflows/${id}/execute?wait=20`, {
    inputs: {},
  });
  const records = JSON.stringify(await server.json(`/api/executions/${execution_id}/events`));
  return [...records.matchAll(/"(?:text|content)":"([^"]+)"/g)].map(([, text = ""]) => text);
}

test("39: search by meaning, edit, forget; the agent no longer sees it", async ({ page, server }) => {
  for (const fact of FACTS) await add(server, "support", fact);
  const question = "How does Priya want to be answered?";
  const before = await given(server, "support", question);
  expect(before).toContain(FACTS[0]);

  await page.goto(`${server.url}/memory`);
  await expect(page.getByRole("list", { name: "Memories" }).getByRole("listitem")).toHaveCount(3);
  await page.getByRole("searchbox", { name: "Search the memory" }).fill(question);
  const found = page.getByRole("list", { name: "What the agent would get" });
  await expect(found.getByRole("listitem").first()).toContainText("Priya prefers short replies");
  await expect(found.getByRole("listitem").first()).toContainText(/Score \d\.\d\d/);
  await expect(found.getByRole("listitem").first()).toContainText(/in (meaning|words)/);
  const same = await server.json<Entry[]>("/api/memory/support/recall", { query: question });
  await expect(found.getByRole("listitem")).toHaveCount(same.length);

  await found.getByRole("button").first().click();
  const panel = page.getByRole("complementary", { name: "Memory" });
  await expect(panel).toContainText("Written by a person or a program");
  await panel.getByRole("button", { name: "Edit" }).click();
  await panel.getByLabel("Fact").fill("Priya prefers to be called, in the morning.");
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(panel.getByRole("heading", { level: 2 })).toHaveText("Priya prefers to be called, in the morning.");
  await expect(panel.getByRole("region", { name: "History" })).toContainText(FACTS[0] ?? "");
  await expect(found.getByRole("listitem").first()).toContainText("called, in the morning");
  const edited = await given(server, "support", question);
  expect(edited).toContain("Priya prefers to be called, in the morning.");
  expect(edited).not.toContain(FACTS[0]);
  await checkAccess(page);

  await panel.getByRole("button", { name: "Forget…" }).click();
  await expect(panel).toContainText("This cannot be undone.");
  await panel.getByLabel("Reason").fill("she asked us to");
  await panel.getByRole("button", { name: "Forget for good" }).click();
  await expect(panel).toBeHidden();
  await expect(page.getByText("Priya prefers")).toHaveCount(0);
  const after = await given(server, "support", question);
  expect(after.filter((text) => text.includes("Priya prefers"))).toEqual([]);
  await page.getByRole("button", { name: "Audit" }).click();
  await expect(page.getByRole("row").nth(1)).toContainText("she asked us to");
});

test("what belongs to one user is not recalled for another", async ({ page, server }) => {
  await add(server, "scoped", "Her favourite tea is jasmine.", { user_id: "priya" });
  await page.goto(`${server.url}/memory?agent=scoped&q=tea`);
  await expect(page.getByRole("heading", { name: "The agent would get nothing" })).toBeVisible();
  await page.getByRole("group", { name: "As asked from" }).getByLabel("user").fill("priya");
  await expect(page.getByRole("list", { name: "What the agent would get" })).toContainText("jasmine");
  expect(new URL(page.url()).searchParams.get("user")).toBe("priya");
});

test("a memory leads to the run that wrote it, is said again, taken away and brought back", async ({
  page,
  server,
}) => {
  const { id } = await server.json<{ id: string }>("/api/workflows", {
    name: "Diary",
    nodes: [
      { id: "start", type: "start" },
      {
        id: "writer",
        type: "agent",
        agent_config: { prompt: "say: It rained in Leeds.", use_memory: true, memory: { agent_id: "diary" } },
      },
      { id: "end", type: "end" },
    ],
    edges: [
      { id: "e1", source: "start", target: "writer" },
      { id: "e2", source: "writer", target: "end" },
    ],
  });
  const run = await server.json<{ execution_id: string }>(`/api/workflows/${id}/execute?wait=20`, { inputs: {} });
  await page.goto(`${server.url}/memory?agent=diary`);
  await page.getByRole("list", { name: "Memories" }).getByRole("button").first().click();
  const origin = page.getByRole("region", { name: "Where it came from" });
  await expect(origin).toContainText("writer");
  await expect(origin.getByRole("link", { name: "Diary" })).toHaveAttribute("href", `/runs/${run.execution_id}`);

  await page.getByRole("button", { name: "Conversation" }).click();
  await expect(page.getByRole("list", { name: "Conversation" })).toContainText("It rained in Leeds.");
  await page.getByRole("button", { name: "Delete the conversation…" }).click();
  await page.getByRole("button", { name: "Delete for good" }).click();
  await expect(page.getByRole("heading", { name: "Nothing was said yet" })).toBeVisible();

  await page.getByRole("button", { name: "Memories" }).click();
  await page.getByRole("button", { name: "Export" }).click();
  const loading = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Only diary" }).click();
  const file = await (await loading).path();
  expect(await readFile(file, "utf8")).toContain("It rained in Leeds.");
  const chosen = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Import" }).click();
  await (await chosen).setFiles(file);
  await expect(page.getByText("All of it was remembered already.")).toBeVisible();
});

test("a person adds what an agent shall know", async ({ page, server }) => {
  await page.goto(`${server.url}/memory`);
  await page.getByRole("button", { name: "Add memory" }).first().click();
  const form = page.getByRole("complementary", { name: "Add memory" });
  await form.getByLabel("Agent").fill("advisor");
  await form.getByLabel("Fact").fill("The office is closed on Fridays.");
  await form.getByLabel("Metadata").fill("[1]");
  await form.getByRole("button", { name: "Remember it" }).click();
  await expect(form.getByRole("alert")).toContainText("must be an object");
  await form.getByLabel("Metadata").fill('{"source": "handbook"}');
  await form.getByLabel("session").fill("s1");
  await form.getByRole("button", { name: "Remember it" }).click();
  const panel = page.getByRole("complementary", { name: "Memory" });
  await expect(panel).toContainText("The office is closed on Fridays.");
  await expect(panel).toContainText("session: s1");
  await expect(panel).toContainText("handbook");
  await expect(page.getByRole("navigation", { name: "Agents" })).toContainText("advisor");
});

test("says when memories are found by words alone", async ({ page, server }) => {
  await add(server, "plain", "The kettle is in the cupboard.");
  await page.route("**/api/memory", async (route) => {
    const answer = await route.fetch();
    const warning = "Memories are found by words alone, not by meaning.";
    await route.fulfill({ response: answer, json: { ...(await answer.json()), warning } });
  });
  await page.goto(`${server.url}/memory?agent=plain`);
  await expect(page.getByRole("note")).toContainText("by words alone");
  await page.getByRole("searchbox", { name: "Search the memory" }).fill("kettle");
  await page.getByRole("button", { name: "by words" }).click();
  await expect(page.getByRole("list", { name: "Memories" }).getByRole("listitem")).toHaveCount(1);
  await page.getByRole("searchbox", { name: "Search the memory" }).fill("teapot");
  await expect(page.getByRole("heading", { name: "No memory is like that" })).toBeVisible();
});
