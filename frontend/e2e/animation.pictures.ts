/** Takes the moving picture of the README from the real app: a run on the canvas, from its start to the question. */
import { mkdir, writeFile } from "node:fs/promises";
import { test } from "@playwright/test";
import { animated, type Frame } from "./apng";
import { run, type Stored } from "./journey";
import { startModel } from "./model";
import { Server } from "./server";
import { SCRIPT, TRIAGE } from "./triage";

const EVERY_MS = 250;
const MOST = 40;
const LAST_MS = 3_000;

test("a run as a moving picture", async ({ browser }) => {
  const model = await startModel(SCRIPT);
  const server = await Server.start(model.url);
  try {
    const { id } = await server.json<Stored>("/api/workflows", TRIAGE);
    const page = await browser.newPage({
      viewport: { width: 1120, height: 700 },
      colorScheme: "dark",
      locale: "en-GB",
    });
    await page.goto(`${server.url}/w/${id}`);
    await page.waitForTimeout(1_000);
    await run(page);
    const frames: Frame[] = [];
    const question = page.getByRole("region", { name: "Waiting for you" });
    while (frames.length < MOST && !(await question.isVisible())) {
      const began = Date.now();
      frames.push({ png: await page.screenshot(), ms: EVERY_MS });
      await page.waitForTimeout(Math.max(0, EVERY_MS - (Date.now() - began)));
    }
    await page.waitForTimeout(600);
    frames.push({ png: await page.screenshot(), ms: LAST_MS });
    await mkdir("../docs/images", { recursive: true });
    await writeFile("../docs/images/run-on-canvas.png", animated(frames));
  } finally {
    await server.close();
    await model.close();
  }
});
