import { expect, it } from "vitest";
import { copyNodes, pasteNodes, readClip } from "./clipboard";
import type { Document } from "./document";
import { merge } from "./merge";
import { createDocumentStore } from "./store";

const base: Document = {
  name: "A",
  nodes: [
    { id: "a", type: "agent", name: "A" },
    { id: "b", type: "agent", name: "B" },
  ],
  edges: [{ id: "e", source: "a", target: "b" }],
};
const named = (a: string, b: string): Document => ({
  ...base,
  nodes: [
    { id: "a", type: "agent", name: a },
    { id: "b", type: "agent", name: b },
  ],
});

it("keeps what both changed in different places", () => {
  const { document, conflicts } = merge(base, named("mine", "B"), { ...named("A", "theirs"), name: "New" });
  expect(document).toEqual({ ...named("mine", "theirs"), name: "New" });
  expect(conflicts).toEqual([]);
});

it("keeps mine where both changed the same node, and says so", () => {
  const { document, conflicts } = merge(base, named("mine", "B"), named("theirs", "B"));
  expect(document.nodes[0]?.name).toBe("mine");
  expect(conflicts).toEqual(["a"]);
});

it("does not bring back what one side has removed, nor tracks to it", () => {
  const theirs: Document = { ...base, nodes: base.nodes.slice(0, 1), edges: [] };
  const mine: Document = { ...base, edges: [...base.edges, { id: "e2", source: "b", target: "a" }] };
  const { document } = merge(base, mine, theirs);
  expect(document.nodes.map((node) => node.id)).toEqual(["a"]);
  expect(document.edges).toEqual([]);
});

it("pastes copies with new ids, their inner tracks and what they read from each other", () => {
  const source: Document = {
    ...base,
    nodes: [
      { id: "a", type: "agent", name: "A", position: { x: 100, y: 100 } },
      {
        id: "b",
        type: "agent",
        position: { x: 300, y: 100 },
        inputs: [
          { name: "x", source_node: "a" },
          { name: "y", source_node: "gone" },
        ],
      },
    ],
  };
  const clip = readClip(copyNodes(source, ["a", "b"]));
  if (!clip) throw new Error("unreadable");
  const store = createDocumentStore(base);
  const { edit, added } = pasteNodes(store.get(), clip, { x: 0, y: 0 }, null);
  store.edit(edit);
  expect(added).toEqual(["a_2", "b_2"]);
  expect(store.get().nodes.slice(2)).toEqual([
    { id: "a_2", type: "agent", name: "A", position: { x: 0, y: 0 } },
    { id: "b_2", type: "agent", position: { x: 200, y: 0 }, inputs: [{ name: "x", source_node: "a_2" }] },
  ]);
  expect(store.get().edges.at(-1)).toMatchObject({ source: "a_2", target: "b_2" });
});

it.each(["plain words", "[1, 2]", '{"nodes": []}', '{"nodes": [{"id": 3}]}'])("does not paste %s", (text) => {
  expect(readClip(text)).toBeNull();
});
