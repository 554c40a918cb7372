import { expect, it } from "vitest";
import { drop, readShown, scopeOf } from "./shown";

it("reads an address, and leaves out what it does not know", () => {
  expect(readShown({ agent: "a/b", view: "audit", kind: "fact", q: 88213, by: "words", n: 8, user: "priya" })).toEqual({
    agent: "a/b",
    view: "audit",
    kind: "fact",
    q: "88213",
    by: "words",
    n: 8,
    user: "priya",
  });
  expect(readShown({ agent: "", view: "x", kind: "y", by: "z", n: "many", q: {} })).toEqual({});
});

it("asks from nowhere in particular where nothing is said", () => {
  expect(scopeOf({ user: "priya" })).toEqual({ user_id: "priya", session_id: "", workflow_id: "" });
});

it("drops keys", () => {
  expect(drop({ agent: "a", q: "b", open: "c" }, "q", "open")).toEqual({ agent: "a" });
});
