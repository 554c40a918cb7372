import { checkAccess, expect, run, test } from "./journey";

test("36: templates: preview, use, run without a key", async ({ page, server }) => {
  await page.goto(`${server.url}/templates`);
  const cards = page.getByRole("main").getByRole("listitem");
  await expect(cards.filter({ hasText: "Support ticket triage" })).toBeVisible();
  expect(await cards.count()).toBeGreaterThanOrEqual(12);
  await page.getByRole("checkbox", { name: "an API key or local model" }).check();
  await expect(page).toHaveURL(/without/);
  await expect(cards.filter({ hasText: "Support ticket triage" })).toHaveCount(0);
  await page.getByRole("searchbox", { name: "Search templates" }).fill("invoice");
  await expect(cards).toHaveCount(1);
  await checkAccess(page);

  await page.getByRole("button", { name: "Preview Invoice total with tax" }).click();
  const preview = page.getByRole("dialog", { name: "Invoice total with tax" });
  await expect(preview).toContainText("Nothing: it runs as it is");
  await expect(preview.getByRole("list", { name: "Steps" })).toContainText("With tax");
  await checkAccess(page);
  await page.keyboard.press("Escape");
  await expect(preview).toBeHidden();

  await page.getByRole("button", { name: "Use Invoice total with tax" }).click();
  await expect(page.getByRole("textbox", { name: "Name of the workflow" })).toHaveValue("Invoice total with tax");
  await run(page);
  await expect(page.getByRole("status", { name: "The run: Succeeded" })).toBeVisible();
});
