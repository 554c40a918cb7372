import { expect, it } from "vitest";
import type { Document } from "./document";
import { addNote, canvasId, moveNotes, noteId, notesOf, removeNotes, writeNote } from "./notes";
import { createDocumentStore } from "./store";

it("is added, written, moved and removed, each as one step", () => {
  const document: Document = { name: "", nodes: [], edges: [] };
  const store = createDocumentStore(document);
  store.edit(addNote({ x: 10, y: 20 }));
  store.edit(writeNote("note", "Mind the gap"));
  store.edit(moveNotes(new Map([["note", { x: 30, y: 40 }]])));
  expect(notesOf(store.get())).toEqual([{ id: "note", x: 30, y: 40, text: "Mind the gap" }]);
  store.edit(removeNotes(new Set(["note"])));
  expect(notesOf(store.get())).toEqual([]);
  for (let step = 0; step < 4; step += 1) store.undo();
  expect(store.get()).toBe(document);
});

it("is told from nodes by what the canvas calls it", () => {
  expect([noteId(canvasId("a")), noteId("a")]).toEqual(["a", null]);
});

it("does not stumble over what is no note", () => {
  expect(notesOf({ name: "", nodes: [], edges: [], notes: [{ id: "x" }, 3] })).toEqual([]);
});
