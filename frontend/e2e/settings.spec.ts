import { readFile } from "node:fs/promises";
import { test as base, checkAccess, expect, openWorkflow, run, runId, watch } from "./journey";
import { type Service, startEcho } from "./outside";
import { Server } from "./server";

const CANARY = "canary-7f3a91c04e55-Zq/+&=x";
/** The ways in which a value is written on its way: as it is, in JSON, in a URL, in Base64, in HTML. */
const FORMS = [
  CANARY,
  CANARY.slice(0, 19),
  encodeURIComponent(CANARY),
  Buffer.from(CANARY).toString("base64").replace(/=+$/, ""),
  Buffer.from(`Bearer ${CANARY}`).toString("base64").replace(/=+$/, ""),
  CANARY.replaceAll("&", "&amp;"),
];

const test = base.extend<{ echo: Service; own: Server }>({
  // eslint-disable-next-line no-empty-pattern
  echo: async ({}, use) => {
    const echo = await startEcho();
    await use(echo);
    await echo.close();
  },
  own: async ({ model, echo }, use) => {
    const server = await Server.start(model.url, { POINTWORK_EGRESS_ALLOW: echo.origin });
    await use(server);
    await server.close();
  },
});

const caller = (url: string) => ({
  name: "Caller",
  nodes: [
    { id: "start", type: "start", name: "Start", position: { x: 48, y: 144 } },
    {
      id: "call",
      type: "http",
      name: "Call",
      http_config: { url, method: "POST", headers: { Authorization: "Bearer {{secret.CANARY}}" }, body: "hello" },
      position: { x: 240, y: 144 },
    },
    { id: "end", type: "end", name: "End", position: { x: 552, y: 144 } },
  ],
  edges: [
    { id: "e1", source: "start", target: "call" },
    { id: "e2", source: "call", target: "end" },
  ],
});

test("40: a secret goes in by the app, is used, and is found nowhere again", async ({ browser, own, echo }) => {
  const page = await (await browser.newContext()).newPage();
  const wrong: string[] = [];
  watch(page, own, wrong);
  const heard: [string, Buffer | string][] = [];
  const reading: Promise<void>[] = [];
  page.on("response", (response) => {
    heard.push([`headers of ${response.url()}`, JSON.stringify(response.headers())]);
    reading.push(
      response.body().then(
        (body) => void heard.push([response.url(), body]),
        () => {},
      ),
    );
  });
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => void heard.push([`framesent ${socket.url()}`, payload]));
    socket.on("framereceived", ({ payload }) => void heard.push([`framereceived ${socket.url()}`, payload]));
  });
  page.on("console", (message) => void heard.push(["console", message.text()]));
  const look = async () => {
    heard.push([`DOM of ${page.url()}`, await page.content()]);
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    heard.push([`storage at ${page.url()}`, kept]);
  };

  await page.goto(`${own.url}/settings?part=secrets`);
  await page.getByRole("button", { name: "Add secret" }).click();
  const form = page.getByRole("dialog", { name: "Add a secret" });
  await form.getByLabel("Name").fill("CANARY");
  await form.getByLabel("Value").fill(CANARY);
  await form.getByRole("button", { name: "Store" }).click();
  await expect(form).toBeHidden();
  await expect(page.getByRole("row", { name: /CANARY/ })).toContainText("not used yet");
  await look();
  await checkAccess(page);

  const stored = await openWorkflow(page, own, caller(echo.url));
  await run(page);
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
  expect(echo.seen).toEqual([`Bearer ${CANARY}`]); // it was needed, and it was right
  await page.getByRole("tab", { name: "Output" }).click();
  await expect(page.getByLabel("Output of the run").first()).toContainText("[secret CANARY]");
  await look();
  const id = runId(page);
  await page.goto(`${own.url}/runs/${id}`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.waitForTimeout(500);
  await look();

  // What the server gives out: the run in all its forms, the document, the settings.
  for (const path of [
    `/api/executions/${id}`,
    `/api/executions/${id}/events`,
    `/api/executions?limit=10&digest=true`,
    `/api/workflows/${stored.id}`,
    "/api/secrets",
    "/api/secrets/CANARY",
    "/api/providers",
    "/health",
  ]) {
    heard.push([path, await (await fetch(own.url + path)).text()]);
  }
  // The export, as a file.
  await page.goto(`${own.url}/w/${stored.id}`);
  await page.getByRole("button", { name: "More", exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "Export as a file" }).click(),
  ]);
  const file = await readFile(await download.path());
  expect(file.toString()).toContain("{{secret.CANARY}}");
  heard.push(["the export", file]);

  // The secret shows that it was used, and goes only by its name.
  await page.goto(`${own.url}/settings?part=secrets`);
  await expect(page.getByRole("row", { name: /CANARY/ })).not.toContainText("not used yet");
  await page.getByRole("button", { name: "Replace CANARY" }).click();
  await expect(page.getByRole("dialog").getByLabel("Value")).toHaveValue("");
  await look();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Remove CANARY" }).click();
  const gone = page.getByRole("dialog", { name: "Remove CANARY?" });
  await expect(gone.getByRole("button", { name: "Remove the secret" })).toBeDisabled();
  await gone.getByLabel("Type CANARY to agree").fill("CANARY");
  await gone.getByRole("button", { name: "Remove the secret" }).click();
  await expect(page.getByText("No secrets yet")).toBeVisible();
  await look();

  await Promise.all(reading);
  expect(heard.some(([where]) => where.startsWith("framereceived"))).toBe(true);
  const leaks = heard.flatMap(([where, what]) =>
    FORMS.filter((text) => (typeof what === "string" ? what.includes(text) : what.includes(Buffer.from(text)))).map(
      (text) => `${where}: ${text}`,
    ),
  );
  expect(leaks).toEqual([]);
  expect(wrong).toEqual([]);
  await page.close();
});

test("a provider is set up, tried, changed and taken away", async ({ page, server, model }) => {
  await page.goto(`${server.url}/settings`);
  await page.getByRole("button", { name: "Add provider" }).click();
  const form = page.getByRole("dialog", { name: "Add a provider" });
  await form.getByLabel("Name").fill("lab");
  await form.getByLabel("Address").fill("http://127.0.0.1:9/v1");
  await form.getByRole("radio", { name: "Type it in" }).check();
  await form.getByRole("textbox", { name: "Key" }).fill("lab-key-0123456789");
  await form.getByRole("button", { name: "Add" }).click();
  const row = page.getByRole("listitem", { name: "lab", exact: true });
  await expect(row).toContainText("key in the secret provider_lab");
  await row.getByRole("button", { name: "Test lab" }).click();
  await expect(row).toContainText("cannot be reached");
  await row.getByRole("button", { name: "Edit lab" }).click();
  const edit = page.getByRole("dialog", { name: "Provider lab" });
  await edit.getByLabel("Address").fill(model.url);
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(row).toContainText(model.url);
  await row.getByRole("button", { name: "Test lab" }).click();
  await expect(row.getByRole("list", { name: "Models of lab" })).toContainText("gpt-4o-mini");
  await expect(page.getByRole("list", { name: "Can be used now" })).toContainText("lab:gpt-4o-mini");
  await expect(page.getByRole("list", { name: "Not now" })).toContainText("ANTHROPIC_API_KEY");
  await checkAccess(page);
  await row.getByRole("button", { name: "Remove lab" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove the provider" }).click();
  await expect(row).toHaveCount(0);
  await page.getByRole("link", { name: "Secrets" }).click();
  await expect(page.getByText("No secrets yet")).toBeVisible();
});

test("appearance is kept, and the server says how it is", async ({ page, server }) => {
  await page.goto(`${server.url}/settings?part=appearance`);
  await page.getByRole("radio", { name: /Dark/ }).check();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await checkAccess(page);
  await page.reload();
  await expect(page.getByRole("radio", { name: /Dark/ })).toBeChecked();
  await page.getByRole("link", { name: "About" }).click();
  for (const name of ["Journal", "Sandbox", "Memory", "Model"]) {
    await expect(page.getByRole("term").filter({ hasText: name }).first()).toBeVisible();
  }
});
