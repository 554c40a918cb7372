import { beforeEach, expect, it, vi } from "vitest";
import { Autosave, type SaveAnswer } from "./autosave";
import type { Document } from "./document";
import { addNode, renameNode } from "./edit";
import { createDocumentStore } from "./store";

const base: Document = { name: "A", nodes: [{ id: "a", type: "agent" }], edges: [] };
const saved = (number: number): SaveAnswer => ({ is: "saved", versionId: `v${number}`, versionNumber: number });

function begin(answers: SaveAnswer[]) {
  const store = createDocumentStore(base);
  const sent: [Document, string, boolean][] = [];
  const conflicts: string[][] = [];
  const autosave = new Autosave(
    store,
    { versionId: "v1", versionNumber: 1 },
    async (...what) => {
      sent.push(what);
      await new Promise((resolve) => setTimeout(resolve, 50)); // the way to the server and back
      return answers.shift() ?? { is: "away" };
    },
    (parts) => conflicts.push(parts),
  );
  return { store, sent, conflicts, autosave };
}

beforeEach(() => {
  vi.useFakeTimers();
});

it("saves once, a moment after the last change", async () => {
  const { store, sent, autosave } = begin([saved(2)]);
  store.edit(renameNode("a", "x"));
  await vi.advanceTimersByTimeAsync(600);
  store.edit(renameNode("a", "xy"));
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(800);
  expect(sent).toEqual([[store.get(), "v1", true]]);
  expect(autosave.info.getState()).toMatchObject({ state: "saved", versionId: "v2", versionNumber: 2 });
});

it("saves again what changed while it was saving", async () => {
  const { store, sent } = begin([saved(2), saved(3)]);
  store.edit(renameNode("a", "x"));
  await vi.advanceTimersByTimeAsync(710);
  store.edit(renameNode("a", "y"));
  await vi.advanceTimersByTimeAsync(1_500);
  expect(sent.map(([document, version]) => [document.nodes[0]?.name, version])).toEqual([
    ["x", "v1"],
    ["y", "v2"],
  ]);
});

it("merges what somebody else saved first", async () => {
  const theirs: Document = { ...base, nodes: [...base.nodes, { id: "b", type: "tool" }] };
  const { store, sent, conflicts } = begin([{ is: "stale", theirs, versionId: "v5", versionNumber: 5 }, saved(6)]);
  store.edit(renameNode("a", "mine"));
  await vi.advanceTimersByTimeAsync(900);
  expect(sent[1]?.[1]).toBe("v5");
  expect(store.get().nodes).toEqual([
    { id: "a", type: "agent", name: "mine" },
    { id: "b", type: "tool" },
  ]);
  expect(conflicts).toEqual([]);
});

it("says so when both changed the same", async () => {
  const theirs: Document = { ...base, nodes: [{ id: "a", type: "agent", name: "theirs" }] };
  const { store, conflicts } = begin([{ is: "stale", theirs, versionId: "v5", versionNumber: 5 }, saved(6)]);
  store.edit(renameNode("a", "mine"));
  await vi.advanceTimersByTimeAsync(900);
  expect(conflicts).toEqual([["a"]]);
  expect(store.get().nodes[0]?.name).toBe("mine");
});

it("keeps what cannot be sent, and tries again", async () => {
  const { store, sent, autosave } = begin([{ is: "away" }, { is: "away" }, saved(2)]);
  store.edit(addNode({ id: "b", type: "agent" }));
  await vi.advanceTimersByTimeAsync(800);
  expect(autosave.info.getState().state).toBe("away");
  await vi.advanceTimersByTimeAsync(6_200);
  expect(sent).toHaveLength(3);
  expect(autosave.info.getState().state).toBe("saved");
});
