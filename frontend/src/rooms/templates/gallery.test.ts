import { expect, it } from "vitest";
import type { TemplateEntry } from "~/api/types";
import { chosen, groupsOf } from "./gallery";
import { readShown } from "./shownTemplates";

const entry = (id: string, group: string, needs: TemplateEntry["needs"]): TemplateEntry => ({
  id,
  title: `The ${id}`,
  description: "Does it.",
  group,
  needs,
  workflow: { name: id, nodes: [], edges: [] } as never,
});
const list = [entry("a", "Data", []), entry("b", "Data", ["model"]), entry("c", "Writing", ["model", "internet"])];
const ids = (shown: object) => chosen(list, shown).map((one) => one.id);

it("shows what fits all that was chosen", () => {
  expect(ids({})).toEqual(["a", "b", "c"]);
  expect(ids({ group: "Data" })).toEqual(["a", "b"]);
  expect(ids({ without: ["internet"] })).toEqual(["a", "b"]);
  expect(ids({ without: ["model", "internet"] })).toEqual(["a"]);
  expect(ids({ q: "THE C" })).toEqual(["c"]);
  expect(groupsOf(list)).toEqual([
    ["Data", 2],
    ["Writing", 1],
  ]);
});

it("reads the address", () => {
  expect(readShown({ group: "Data", without: ["internet", "odd"], q: "", show: 3 })).toEqual({
    group: "Data",
    without: ["internet"],
  });
});
