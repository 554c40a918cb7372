/** Pictures of home, runs, inspector, templates and chat, of the real app with runs that really happened. */
import { mkdir } from "node:fs/promises";
import { type Page, test } from "@playwright/test";
import type { Stored } from "./journey";
import { startModel } from "./model";
import { Server } from "./server";
import { SCRIPT, TRIAGE } from "./triage";

const FOLDER = "../docs/screens";
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const SAID = [
  ...SCRIPT,
  { when: /friendly assistant/, say: "Spring tides are the highest: Sun and Moon then pull in one line.", pause: 60 },
  { when: /most important facts/, say: "Tides follow the Moon.\nThere are two a day.", pause: 20 },
  { when: /short article/, say: "Twice a day the sea rises and falls, and the Moon is why.", pause: 20 },
];
const USED = [
  "invoice-total",
  "many-at-once",
  "survive-a-failure",
  "expense-approval",
  "research-article",
  "csv-report",
];

const SCREENS: Record<string, (page: Page, server: Server, run: string) => Promise<void>> = {
  home: async (page, server) => {
    await page.goto(server.url);
  },
  runs: async (page, server) => {
    await page.goto(`${server.url}/runs?span=hour`);
  },
  inspector: async (page, server, run) => {
    await page.goto(`${server.url}/runs/${run}`);
    await page.waitForTimeout(600);
    if ((page.viewportSize()?.width ?? 0) < 768) return;
    await page
      .getByRole("treeitem", { name: /^Draft reply/ })
      .first()
      .click();
  },
  templates: async (page, server) => {
    await page.goto(`${server.url}/templates`);
  },
  chat: async (page, server) => {
    const [assistant] = await server.json<Stored[]>("/api/workflows?q=remembers");
    await page.goto(`${server.url}/chat?workflow=${assistant?.id}`);
    const box = page.getByRole("textbox", { name: "Message" });
    await box.fill("Which tides are the highest?");
    await box.press("Enter");
    await page.getByRole("button", { name: /3 steps/ }).waitFor();
    await box.fill("And why?");
    await box.press("Enter");
    await page.waitForTimeout(300);
  },
};

const wanted = (process.env.SCREENS ?? "").split(",").filter(Boolean);

async function live(server: Server): Promise<string> {
  for (const template of USED) {
    const { id } = await server.json<Stored>(`/api/templates/${template}/use`, {});
    for (let times = 0; times < 2; times += 1) await server.json(`/api/workflows/${id}/execute?wait=20`, {});
  }
  await server.json("/api/templates/assistant-that-remembers/use", {});
  const { id } = await server.json<Stored>("/api/workflows", TRIAGE);
  const { execution_id } = await server.json<{ execution_id: string }>(`/api/workflows/${id}/execute?wait=60`, {
    inputs: { text: "Order 88213 still says dispatched after five days. Where is it?" },
  });
  return execution_id;
}

test("pictures of the rooms", async ({ browser }) => {
  const model = await startModel(SAID);
  const server = await Server.start(model.url);
  const empty = await Server.start(null);
  const shoot = async (name: string, at: Server, run: string) => {
    for (const look of ["light", "dark", "phone"] as const) {
      const page = await browser.newPage({
        viewport: look === "phone" ? PHONE : DESK,
        colorScheme: look === "dark" ? "dark" : "light",
        locale: "en-GB",
      });
      await SCREENS[name.replace("first-run", "home")]?.(page, at, run);
      await page.waitForTimeout(1_000);
      await page.screenshot({ path: `${FOLDER}/${name}-${look}.png` });
      await page.close();
    }
  };
  try {
    await mkdir(FOLDER, { recursive: true });
    const run = await live(server);
    for (const name of ["first-run", ...Object.keys(SCREENS)]) {
      if (wanted.length === 0 || wanted.includes(name)) await shoot(name, name === "first-run" ? empty : server, run);
    }
  } finally {
    await server.close();
    await empty.close();
    await model.close();
  }
});
