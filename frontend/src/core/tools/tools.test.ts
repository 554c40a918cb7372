import { expect, it } from "vitest";
import type { ToolEntry } from "~/api/types";
import { groupsOfTools, shortName, wantedTools } from "./catalogue";
import { readChosenTool } from "./chosen";
import { filesIn, pictureKind } from "./files";

const tool = (title: string, source: ToolEntry["source"] = "built-in", description = ""): ToolEntry =>
  ({ name: title.replace("/", "__"), title, source, description }) as ToolEntry;
const all = [tool("web_fetch", "built-in", "Read a page."), tool("crm/look_up", "mcp"), tool("mine", "own")];

it("finds tools by name, then by what they do", () => {
  const titles = (q: string) => wantedTools(all, { q }).map(({ title }) => title);
  expect(titles("look")).toEqual(["crm/look_up"]);
  expect(titles("page")).toEqual(["web_fetch"]);
  expect(titles(" ")).toHaveLength(3);
  expect(wantedTools(all, { from: "own" }).map(({ title }) => title)).toEqual(["mine"]);
});

it("groups them by where they come from", () => {
  expect(groupsOfTools(all).map(([source, server, list]) => [source, server, list.map(shortName)])).toEqual([
    ["built-in", "", ["web_fetch"]],
    ["mcp", "crm", ["look_up"]],
    ["own", "", ["mine"]],
  ]);
});

it("takes from the address only what it knows", () => {
  expect(readChosenTool({ tool: "a", from: "moon", q: 5 })).toEqual({ tool: "a" });
});

it("finds the files that a result names", () => {
  expect(
    filesIn({
      artifacts: [
        { name: "a.png", bytes: 5 },
        { name: "b", bytes: 1, kept: false },
      ],
    }),
  ).toEqual([{ name: "a.png", bytes: 5 }]);
  expect(filesIn({ file_path: "a.txt", bytes_written: 2 })).toEqual([{ name: "a.txt", bytes: 2 }]);
  expect(filesIn({ name: "Ann", files: [{ name: "mcp/x/y.png", bytes: 70, mime_type: "image/png" }] })).toHaveLength(1);
  expect(filesIn("text")).toEqual([]);
});

it("knows pictures by their bytes, not by their names", () => {
  expect(pictureKind(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d]))).toBe("image/png");
  expect(pictureKind(new TextEncoder().encode("<svg onload=alert(1)>"))).toBeNull();
});
