import { expect, it } from "vitest";
import { readWorkflow, writeWorkflow } from "./files";

it.each([
  ["not JSON", "<html>", /not JSON/],
  ["a list", "[1]", /no list of nodes/],
  ["another program's", '{"nodes": [{"name": "Webhook", "type": "n8n.webhook"}]}', /needs an id and a type/],
])("says why %s is no workflow", (_what, text, reason) => {
  expect(() => readWorkflow(text)).toThrow(reason);
});

it("reads what it wrote, without what only the store knows", () => {
  const document = { name: "A", nodes: [{ id: "start", type: "start" }], edges: [], extra: 1 };
  const stored = { ...document, id: "x", version_id: "v", version_number: 3, created_at: "", updated_at: "" };
  expect(readWorkflow(writeWorkflow(stored))).toEqual(document);
});

it("reads a document that is wrapped", () => {
  expect(readWorkflow('{"workflow": {"name": "B", "nodes": []}}')).toEqual({ name: "B", nodes: [], edges: [] });
});
