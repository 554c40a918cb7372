import { describe, expect, it } from "vitest";
import type { Document } from "./document";
import { addNode, configure, connect, insertInto, moveNodes, removeNodes, renameNode, takeOut, wrap } from "./edit";
import { createDocumentStore } from "./store";

const empty: Document = { name: "A", nodes: [], edges: [] };
const chain: Document = {
  name: "Chain",
  nodes: [
    { id: "start", type: "start", position: { x: 0, y: 0 } },
    { id: "a", type: "agent", position: { x: 240, y: 0 }, inputs: [{ name: "topic", source_node: "start" }] },
    { id: "end", type: "end", position: { x: 480, y: 0 }, inputs: [{ name: "output", source_node: "a" }] },
  ],
  edges: [
    { id: "e1", source: "start", target: "a" },
    { id: "e2", source: "a", target: "end" },
  ],
};
const lines = (document: Document) => document.edges.map((e) => `${e.source}-${e.condition ?? "out"}-${e.target}`);

describe("undo and redo", () => {
  it("goes back and forth over thirty mixed steps", () => {
    const store = createDocumentStore(empty);
    const seen = [store.get()];
    for (let i = 0; i < 30; i += 1) {
      if (i % 3 === 0) store.edit(addNode({ id: `n${i}`, type: "agent" }));
      else if (i % 3 === 1) store.edit(moveNodes(new Map([[`n${i - 1}`, { x: i, y: i }]])));
      else store.edit(configure(`n${i - 2}`, "prompt", `words ${i}`));
      seen.push(store.get());
    }
    for (const document of seen.slice(0, -1).reverse()) {
      store.undo();
      expect(store.get()).toBe(document);
    }
    expect(store.canUndo()).toBe(false);
    for (const document of seen.slice(1)) {
      store.redo();
      expect(store.get()).toBe(document);
    }
    expect(store.canRedo()).toBe(false);
  });

  it("takes what is typed in one go as one step", () => {
    let clock = 0;
    const store = createDocumentStore(chain, () => clock);
    for (const text of ["H", "He", "Hey"]) {
      clock += 100;
      store.edit(configure("a", "prompt", text), "a.prompt");
    }
    clock += 600; // a pause: what follows is a step of its own
    store.edit(configure("a", "prompt", "Hey you"), "a.prompt");
    store.undo();
    expect(store.get().nodes[1]?.agent_config).toEqual({ prompt: "Hey" });
    store.undo();
    expect(store.get()).toBe(chain);
  });

  it("does not count what changes nothing", () => {
    const store = createDocumentStore(chain);
    store.edit(renameNode("nobody", "x"));
    store.edit(connect("start", "a"));
    expect(store.canUndo()).toBe(false);
  });

  it("restores the steps of an earlier visit", () => {
    const first = createDocumentStore(empty);
    first.edit(addNode({ id: "a", type: "agent" }));
    const second = createDocumentStore(structuredClone(first.get()));
    second.restoreSteps(structuredClone(first.steps()));
    second.undo();
    expect(second.get()).toEqual(empty);
  });
});

describe("edits", () => {
  const after = (...edits: Parameters<ReturnType<typeof createDocumentStore>["edit"]>[0][]) => {
    const store = createDocumentStore(chain);
    for (const edit of edits) store.edit(edit);
    return store.get();
  };

  it("takes a node away with its tracks and with what others read from it", () => {
    const document = after(removeNodes(["a"]));
    expect(lines(document)).toEqual([]);
    expect(document.nodes.map((node) => node.inputs)).toEqual([undefined, []]);
  });

  it("puts a node into a track", () => {
    const document = after(addNode({ id: "b", type: "condition" }), insertInto("e2", "b", "true"));
    expect(lines(document)).toEqual(["start-out-a", "a-out-b", "b-true-end"]);
  });

  it("wraps a node in a loop, and its tracks lead to the loop", () => {
    const document = after(wrap(new Set(["a"]), { id: "loop", type: "loop" }, { x: 240, y: 0 }));
    expect(lines(document)).toEqual(["start-out-loop", "loop-out-end"]);
    expect(document.nodes.find((node) => node.id === "a")).toMatchObject({
      parent: "loop",
      position: { x: 24, y: 56 },
    });
  });

  it("takes a node out of its container", () => {
    const document = after(wrap(new Set(["a"]), { id: "loop", type: "loop" }, { x: 240, y: 24 }), takeOut("a"));
    const a = document.nodes.find((node) => node.id === "a");
    expect(a?.parent).toBeUndefined();
    expect(a?.position).toEqual({ x: 264, y: 56 });
  });

  it("takes a setting out, so that the default holds", () => {
    expect(after(configure("a", "x", 1), configure("a", "x", undefined)).nodes[1]?.agent_config).toEqual({});
  });
});
