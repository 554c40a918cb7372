import { words } from "./documents";
import { checkAccess, expect, test } from "./journey";

const ECHO = {
  name: "Echo",
  nodes: [
    { id: "start", type: "start", name: "Start", start_config: { inputs: [{ name: "message", type: "text" }] } },
    {
      id: "agent",
      type: "agent",
      name: "Speaker",
      agent_config: { prompt: "{{ message }}" },
      inputs: [{ name: "message", source_node: "start", source_field: "message" }],
    },
    { id: "end", type: "end", name: "End" },
  ],
  edges: [
    { source: "start", target: "agent" },
    { source: "agent", target: "end" },
  ],
};

test("37: chat: the answer streams, a follow-up is queued, stop stops, the thread is kept", async ({
  page,
  server,
}) => {
  await server.json("/api/workflows", ECHO);
  await page.goto(`${server.url}/chat`);
  await page.getByRole("link", { name: "Echo" }).click();
  const box = page.getByRole("textbox", { name: "Message" });
  const log = page.getByRole("log", { name: "Messages" });
  await box.fill(`slowly 60: ${words(40)}`);
  await box.press("Enter");
  const reply = log.getByText(/^word1 word2/);
  await expect(reply).toContainText("word5");
  await expect(reply).not.toContainText("word40");
  await box.fill("say: the second answer");
  await page.getByRole("button", { name: "Queue" }).click();
  await expect(log).toContainText("Queued");
  await expect(reply).toContainText("word40");
  await expect(log.getByText("the second answer", { exact: true })).toBeVisible();
  await expect(log).not.toContainText("Queued");

  // The steps are in one line, which opens, and leads to the run.
  await log
    .getByRole("button", { name: /3 steps/ })
    .last()
    .click();
  await expect(log.getByRole("list", { name: "Steps" })).toContainText("Speaker");
  await checkAccess(page);

  await box.fill(`slowly 100: ${words(300)}`);
  await box.press("Enter");
  await expect(reply).toHaveCount(2);
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(log).toContainText("Stopped.");

  await page.reload();
  await expect(reply.first()).toContainText("word40");
  await expect(log.getByText("the second answer", { exact: true })).toBeVisible();
  await expect(log).toContainText("Stopped.");
  const chats = page.getByRole("navigation", { name: "Chats" });
  await expect(chats.getByRole("link", { name: /^slowly 60/ })).toHaveAttribute("aria-current", "page");
  await log.getByRole("link", { name: "Open the run" }).first().click();
  await expect(page.getByRole("treeitem", { name: /^Speaker, Succeeded/ })).toBeVisible();
});
