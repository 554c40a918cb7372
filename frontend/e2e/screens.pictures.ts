/**
 * Takes the pictures of `docs/screens` from the real app with real data: `npm run screens`. They are for eyes; nothing
 * is compared with them.
 */
import { mkdir } from "node:fs/promises";
import { type Page, test } from "@playwright/test";
import { startModel } from "./model";
import { Server } from "./server";
import { SCRIPT, TRIAGE } from "./triage";
import { node, run, type Stored } from "./journey";

const FOLDER = "../docs/screens";
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const ON_PHONES = ["workflows", "build", "run"];

const SCREENS: Record<string, (page: Page, server: Server, id: string) => Promise<void>> = {
  workflows: async (page, server) => {
    await page.goto(`${server.url}/workflows`);
  },
  build: async (page, server, id) => {
    await page.goto(`${server.url}/w/${id}?node=draft_reply`);
  },
  problems: async (page, server, id) => {
    const broken = await server.json<Stored>("/api/workflows", { ...TRIAGE, name: `Ticket triage, ${id.slice(0, 4)}` });
    await page.goto(`${server.url}/w/${broken.id}?node=draft_reply`);
    const prompt = page.getByLabel("System prompt");
    await prompt.fill(`${await prompt.inputValue()}\n{{ vars.refund_limit }}`);
    await page.getByRole("button", { name: /error/ }).first().click();
  },
  connect: async (page, server, id) => {
    await page.goto(`${server.url}/w/${id}`);
    await page.waitForTimeout(600);
    const port = await node(page, "Approve reply").locator(".react-flow__handle.source").first().boundingBox();
    if (!port) return;
    await page.mouse.move(port.x + 4, port.y + 4);
    await page.mouse.down();
    await page.mouse.move(port.x - 40, port.y + 260, { steps: 6 });
    await page.mouse.up();
  },
  palette: async (page, server, id) => {
    await page.goto(`${server.url}/w/${id}`);
    await page.getByRole("list", { name: "Nodes" }).waitFor();
    await page.waitForTimeout(800);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Find anything" }).waitFor();
    await page.keyboard.type("rep");
  },
  list: async (page, server, id) => {
    await page.goto(`${server.url}/w/${id}?view=list`);
  },
  run: async (page, server, id) => {
    await page.goto(`${server.url}/w/${id}`);
    await run(page);
    await page.waitForTimeout(2_200);
  },
  debug: async (page, server, id) => {
    await page.goto(`${server.url}/w/${id}?node=draft_reply`);
    await page.getByRole("button", { name: "Debug", exact: true }).click();
    await page.getByRole("region", { name: "Breakpoints" }).getByRole("button", { name: "Add" }).click();
    const watched = page.getByRole("region", { name: "Watch" });
    for (const [at, expression] of ["index", "nodes.classify", "upper(vars.tone)"].entries()) {
      await watched.getByRole("button", { name: "Add" }).click();
      await watched.getByRole("textbox", { name: "Expression" }).nth(at).fill(expression);
    }
    await page.getByRole("region", { name: "Stand-ins" }).getByRole("button", { name: "Add" }).click();
    await page.getByRole("combobox", { name: "Stands in for" }).selectOption("the tool");
    await page.getByRole("textbox", { name: "Which tool" }).fill("web_search");
    await page.getByRole("textbox", { name: "Output, as JSON" }).fill('{"results": []}');
    await run(page);
    await page.getByRole("status", { name: "Paused", exact: true }).waitFor({ timeout: 30_000 });
    await page.getByRole("tab", { name: "Debug" }).click();
    await watched.getByRole("status").first().waitFor();
  },
  waiting: async (page, server, id) => {
    await page.goto(`${server.url}/w/${id}`);
    await run(page);
    await page.getByRole("region", { name: "Waiting for you" }).waitFor({ timeout: 30_000 });
  },
};

const wanted = (process.env.SCREENS ?? "").split(",").filter(Boolean);

test("pictures of every screen", async ({ browser }) => {
  const model = await startModel(SCRIPT);
  const server = await Server.start(model.url);
  try {
    await mkdir(FOLDER, { recursive: true });
    const { id } = await server.json<Stored>("/api/workflows", TRIAGE);
    for (const [name, show] of Object.entries(SCREENS)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      for (const look of ["light", "dark", "phone"] as const) {
        if (look === "phone" && !ON_PHONES.includes(name)) continue;
        const page = await browser.newPage({
          viewport: look === "phone" ? PHONE : DESK,
          colorScheme: look === "dark" ? "dark" : "light",
          locale: "en-GB",
        });
        page.on("console", (message) => {
          if (message.type() === "error") console.log(name, message.text());
        });
        await show(page, server, id);
        await page.waitForLoadState("networkidle");
        await page.waitForTimeout(700);
        await page.screenshot({ path: `${FOLDER}/${name}-${look}.png` });
        await page.close();
      }
    }
  } finally {
    await server.close();
    await model.close();
  }
});
