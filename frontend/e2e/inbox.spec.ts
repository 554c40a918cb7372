import { checkAccess, expect, test } from "./journey";
import type { Server } from "./server";

interface State {
  status: string;
  result: unknown;
  node_states: Record<string, { status: string; output: unknown }>;
}

const start = { id: "start", type: "start", name: "Ticket" };
const end = { id: "end", type: "end", name: "Done" };

/** A draft that a person may change, and a node that says what became of it. */
const reply = (more: object = {}) => ({
  name: "Ticket triage",
  nodes: [
    start,
    { id: "draft", type: "agent", name: "Draft reply", agent_config: { prompt: "say: Dear Priya, it is on its way." } },
    {
      id: "approve_reply",
      type: "human",
      name: "Approve reply",
      human_config: {
        question: "May this go out to Priya?",
        choices: ["approve", "reject"],
        draft: "{{ output }}",
        ...more,
      },
      inputs: [{ name: "output", source_node: "draft" }],
    },
    { id: "send", type: "agent", name: "Send", agent_config: { prompt: "say: {{ nodes.approve_reply.text }}" } },
    end,
    { id: "rejected", type: "end", name: "Rejected" },
    { id: "late", type: "end", name: "Too late" },
  ],
  edges: [
    { id: "e1", source: "start", target: "draft" },
    { id: "e2", source: "draft", target: "approve_reply" },
    { id: "e3", source: "approve_reply", target: "send", condition: "approve" },
    { id: "e4", source: "approve_reply", target: "rejected", condition: "reject" },
    { id: "e5", source: "approve_reply", target: "late", condition: "deadline" },
    { id: "e6", source: "send", target: "end" },
  ],
});

async function begin(server: Server, document: object): Promise<string> {
  const { id } = await server.json<{ id: string }>("/api/workflows", document);
  const begun = await server.json<{ execution_id: string }>(`/api/workflows/${id}/execute`, { inputs: {} });
  return begun.execution_id;
}

const stateOf = (server: Server, id: string) => server.json<State>(`/api/executions/${id}`);

test("14: a run waits, is seen in the rail, and goes on with the text as it was changed", async ({ page, server }) => {
  await page.goto(server.url);
  await expect(page.getByRole("link", { name: "Inbox", exact: true })).toBeVisible();
  const id = await begin(server, reply({ assignee: "Mara", deadline_s: 14_400 }));
  await page.getByRole("link", { name: "Inbox, 1 waiting" }).click();
  const question = page.getByRole("region", { name: "Question" });
  await expect(question).toContainText("May this go out to Priya?");
  await expect(question).toContainText("for Mara");
  await expect(question).toContainText(/3 h 5\d min left/);
  await expect(question.getByRole("region", { name: "How it got here" })).toContainText("Draft reply");
  await checkAccess(page);
  await question.getByLabel("Answer as").fill("Mara K.");
  const text = question.getByLabel("Text");
  await expect(text).toHaveValue("Dear Priya, it is on its way.");
  await text.fill("Hi Priya, it comes on Thursday.");
  // Something newer does not take the place of what is being written.
  const newer = await begin(server, reply());
  await expect(page.getByRole("link", { name: "Inbox, 2 waiting" })).toBeVisible();
  await expect(text).toHaveValue("Hi Priya, it comes on Thursday.");
  await question.getByRole("button", { name: "Approve" }).click();
  await expect(text).toHaveValue("Dear Priya, it is on its way.");
  expect(page.url()).toContain(newer);
  await question.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByRole("heading", { name: "Nothing waits for you" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Inbox", exact: true })).toBeVisible();
  await expect.poll(async () => (await stateOf(server, id)).status).toBe("completed");
  const state = await stateOf(server, id);
  expect(state.result).toBe("Hi Priya, it comes on Thursday.");
  expect(state.node_states.approve_reply?.output).toEqual({
    choice: "approve",
    text: "Hi Priya, it comes on Thursday.",
  });
  expect(JSON.stringify(state)).toContain("was answered by Mara K.");
});

test("15: rejecting takes another way, and so does answering too late", async ({ page, server, expected }) => {
  const rejected = await begin(server, reply());
  await page.goto(`${server.url}/inbox`);
  await page.getByRole("button", { name: "Reject" }).click();
  await expect.poll(async () => (await stateOf(server, rejected)).node_states.rejected?.status).toBe("completed");
  expect((await stateOf(server, rejected)).node_states.send?.status).toBe("skipped");

  const expired = await begin(server, reply({ deadline_s: 6 }));
  await page.getByRole("button", { name: /Approve reply/ }).click();
  await expect(page.getByRole("region", { name: "Question" })).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("Its time was up", { timeout: 20_000 });
  await expect.poll(async () => (await stateOf(server, expired)).node_states.late?.status).toBe("completed");

  // Somebody else is faster, and this page does not know yet.
  expected.push(/409/);
  const raced = await begin(server, reply());
  await page.goto(`${server.url}/inbox`);
  await expect(page.getByRole("region", { name: "Question" })).toBeVisible();
  await page.route("**/api/inbox*", async (route) => route.fulfill({ json: known }));
  const known = await server.json("/api/inbox");
  const said = { type: "answer", node: "approve_reply", value: "reject", by: "Jo" };
  await server.json(`/api/executions/${raced}/commands`, said);
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("This came too late.");
  await expect(page.getByRole("alert").getByRole("link", { name: "See the run" })).toBeVisible();
});

test("a call of a tool is agreed to with other arguments", async ({ page, server }) => {
  const id = await begin(server, {
    name: "Sums",
    nodes: [
      start,
      {
        id: "sum",
        type: "tool",
        name: "Sum",
        tool_config: { tool_name: "calculator", arguments: { expression: "6*8" }, approval: "all" },
      },
      { id: "tell", type: "agent", name: "Tell", agent_config: { prompt: "say: {{ nodes.sum.output }}" } },
      end,
    ],
    edges: [
      { id: "e1", source: "start", target: "sum" },
      { id: "e2", source: "sum", target: "tell" },
      { id: "e3", source: "tell", target: "end" },
    ],
  });
  await page.goto(`${server.url}/inbox`);
  await page.getByRole("button", { name: /Approve calculator/ }).click();
  const question = page.getByRole("region", { name: "Question" });
  await expect(question).toContainText("wants to call calculator");
  await expect(question).toContainText("6*8");
  await question.getByRole("button", { name: "Edit" }).click();
  await question.getByLabel("Expression").fill("6*7");
  await checkAccess(page);
  await question.getByRole("button", { name: "Approve as changed" }).click();
  await expect.poll(async () => (await stateOf(server, id)).status).toBe("completed");
  expect(JSON.stringify((await stateOf(server, id)).node_states.sum?.output)).toContain("42");
});

test("a form is checked before it is sent, by thumb on a phone", async ({ page, server }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const id = await begin(server, {
    name: "Survey",
    nodes: [
      start,
      {
        id: "rate_it",
        type: "human",
        name: "Rate it",
        human_config: {
          question: "How good is the summary?",
          schema: {
            type: "object",
            properties: {
              stars: { type: "integer", minimum: 1, maximum: 5, description: "From 1 to 5." },
              kind: { enum: ["news", "opinion"] },
              again: { type: "boolean" },
            },
            required: ["stars", "kind"],
          },
        },
      },
      end,
    ],
    edges: [
      { id: "e1", source: "start", target: "rate_it" },
      { id: "e2", source: "rate_it", target: "end" },
    ],
  });
  await page.goto(`${server.url}/inbox`);
  await page.getByRole("button", { name: /Rate it/ }).click();
  await page.getByLabel("Stars").fill("9");
  await page.getByRole("button", { name: "Send the answer" }).click();
  await expect(page.getByLabel("Stars")).toBeFocused();
  await expect(page.getByRole("alert")).toHaveCount(2);
  await page.getByLabel("Stars").fill("4");
  await page.getByLabel("Kind").selectOption("news");
  await expect(page.getByRole("alert")).toHaveCount(0);
  for (const control of [page.getByRole("button", { name: "Send the answer" }), page.getByLabel("Kind")])
    expect((await control.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  await checkAccess(page);
  await page.getByRole("button", { name: "Back to the inbox" }).click();
  await expect(page.getByRole("region", { name: "Question" })).toBeHidden();
  await page.getByRole("button", { name: /Rate it/ }).click();
  await page.getByLabel("Stars").fill("5");
  await page.getByLabel("Kind").selectOption("opinion");
  await page.getByRole("button", { name: "Send the answer" }).click();
  await expect(page.getByRole("heading", { name: "Nothing waits for you" })).toBeVisible();
  await expect.poll(async () => (await stateOf(server, id)).result).toEqual({ stars: 5, kind: "opinion" });
});

test("whoever has a link sees one question, answers it once, and sees nothing else", async ({ page, server }) => {
  const id = await begin(server, reply());
  await expect.poll(async () => (await stateOf(server, id)).status).toBe("waiting");
  const link = await server.json<{ url: string }>(`/api/executions/${id}/links`, { node: "approve_reply" });
  await page.goto(`${server.url}${link.url}`);
  const question = page.getByRole("region", { name: "Question" });
  await expect(question).toContainText("May this go out to Priya?");
  await expect(page.getByRole("navigation")).toHaveCount(0);
  await checkAccess(page);
  await question.getByRole("textbox", { name: /text/i }).fill("Dear Priya, it left today.");
  await question.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByRole("status")).toContainText("Thank you.");
  await expect.poll(async () => (await stateOf(server, id)).status).toBe("completed");
  expect((await stateOf(server, id)).node_states.send?.output).toBe("Dear Priya, it left today.");
});

test.describe("a link", () => {
  test.use({ expected: [/404|410/] });

  test("that is over, or none, says so", async ({ page, server }) => {
    const id = await begin(server, reply());
    await expect.poll(async () => (await stateOf(server, id)).status).toBe("waiting");
    const link = await server.json<{ url: string }>(`/api/executions/${id}/links`, { node: "approve_reply" });
    await server.json(`/api/executions/${id}/commands`, { type: "cancel" });
    for (const address of [link.url, `${link.url}x`]) {
      await page.goto(`${server.url}${address}`);
      const told = page.getByRole("status");
      await expect(told).toContainText(/link|question/i);
      await expect(told).not.toContainText("Looking for");
      await expect(told).not.toContainText(id);
      await expect(page.getByRole("button")).toHaveCount(0);
    }
  });
});
