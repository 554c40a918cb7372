/**
 * What every journey stands on: a server and a model of its own worker, and a page that is watched: no error in the
 * console, no request to another host, nothing serious that axe finds on the last screen.
 */
import { AxeBuilder } from "@axe-core/playwright";
import { type Page, expect, test as base } from "@playwright/test";
import { type Model, startModel } from "./model";
import { Server } from "./server";

interface Mine {
  /** Errors that a journey causes on purpose, such as a refused save. */
  expected: RegExp[];
}
interface Shared {
  model: Model;
  server: Server;
}

export const test = base.extend<Mine, Shared>({
  model: [
    // eslint-disable-next-line no-empty-pattern -- the library wants an object pattern here
    async ({}, use) => {
      const model = await startModel();
      await use(model);
      await model.close();
    },
    { scope: "worker" },
  ],
  server: [
    async ({ model }, use) => {
      const server = await Server.start(model.url);
      await use(server);
      await server.close();
    },
    { scope: "worker" },
  ],
  // eslint-disable-next-line no-empty-pattern
  expected: async ({}, use) => use([]),
  page: async ({ page, server, expected }, use) => {
    const wrong: string[] = [];
    watch(page, server, wrong, expected);
    await use(page);
    expect(wrong).toEqual([]);
    if (!page.isClosed()) await checkAccess(page);
  },
});

export { expect };

export function watch(page: Page, server: Server, wrong: string[], expected: RegExp[] = []): void {
  const note = (text: string) => {
    if (!expected.some((pattern) => pattern.test(text))) wrong.push(text);
  };
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") note(`${message.type()}: ${message.text()}`);
  });
  page.on("response", (response) => {
    // The console says only that something failed; this says what.
    if (response.status() >= 400) {
      void response.text().then(
        (text) => note(`${response.status()} ${response.url()}: ${text.slice(0, 400)}`),
        () => {},
      );
    }
  });
  page.on("pageerror", (error) => note(`error: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    const { hostname, port, protocol } = new URL(request.url());
    const own = hostname === "127.0.0.1" && port === String(server.port);
    if (!own && !["data:", "blob:"].includes(protocol)) wrong.push(`foreign request: ${request.url()}`);
  });
}

/** No serious or critical finding of axe. */
export async function checkAccess(page: Page, but: string[] = []): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).disableRules(but).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual(
    [],
  );
}

export interface Stored {
  id: string;
  name: string;
  version_number: number;
  nodes: {
    id: string;
    type: string;
    name?: string;
    parent?: string;
    position?: { x: number; y: number };
    [key: string]: unknown;
  }[];
  edges: { id: string; source: string; target: string; condition?: string }[];
}

export const node = (page: Page, name: string) =>
  page.locator(".react-flow__node").filter({ has: page.getByText(name, { exact: true }) });

/** Open a workflow that the server has. */
export async function openWorkflow(page: Page, server: Server, document: object): Promise<Stored> {
  const stored = await server.json<Stored>("/api/workflows", document);
  await page.goto(`${server.url}/w/${stored.id}`);
  await expect(page.getByRole("textbox", { name: "Name of the workflow" })).toBeVisible();
  return stored;
}

/** Answer the form for inputs, and begin. */
export async function run(page: Page, inputs: Record<string, string> = {}): Promise<void> {
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const form = page.getByRole("dialog", { name: "Run" });
  for (const [name, value] of Object.entries(inputs)) await form.getByLabel(name).fill(value);
  await form.getByRole("button", { name: "Run", exact: true }).click();
  await expect(form).toBeHidden();
}

export const runId = (page: Page): string => new URL(page.url()).searchParams.get("run") ?? "";
