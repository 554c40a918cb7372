import { describe, expect, it } from "vitest";
import { createDebugging, type Storage } from "./debugging";

function shelf(kept: Record<string, string> = {}): Storage & { kept: Record<string, string> } {
  return {
    kept,
    getItem: (key) => kept[key] ?? null,
    setItem: (key, value) => void (kept[key] = value),
    removeItem: (key) => void delete kept[key],
  };
}

const KEY = "pointwork.debug.w1";

describe("debugging", () => {
  it("is kept by workflow", () => {
    const storage = shelf();
    createDebugging("w1", () => storage).toggle("a");
    const kept = createDebugging("w1", () => storage).store.getState();
    expect(kept.points).toEqual([{ node: "a", when: "before", condition: "" }]);
    expect(createDebugging("w2", () => storage).store.getState().points).toEqual([]);
  });

  it("forgets what is taken away", () => {
    const storage = shelf();
    const debugging = createDebugging("w1", () => storage);
    debugging.toggle("a");
    debugging.toggle("a");
    expect(storage.kept).toEqual({});
  });

  it("asks for nothing of nodes that are gone, and gives no output that is no JSON", () => {
    const debugging = createDebugging("w1", () => shelf());
    debugging.set({
      points: [
        { node: "gone", when: "before", condition: "" },
        { node: "*", when: "effect", condition: " " },
        { node: "*", when: "before", condition: "" },
        { node: "a", when: "call", condition: "call.kind == 'tool'" },
      ],
      stubs: [
        { of: "node", name: "gone", output: "1" },
        { of: "node", name: "a", output: "{" },
        { of: "node", name: "a", output: '{"sent": true}' },
        { of: "tool", name: "http_request", output: "null" },
        { of: "tool", name: "", output: "1" },
      ],
    });
    expect(debugging.wishes(new Set(["a", "b"]))).toEqual({
      broken: "a",
      breakpoints: [
        { node: "*", when: "effect" },
        { node: "a", when: "call", condition: "call.kind == 'tool'" },
      ],
      stubs: [
        { node: "a", output: { sent: true } },
        { tool: "http_request", output: null },
      ],
    });
  });

  it("names no broken stub where all can be read", () => {
    const debugging = createDebugging("w1", () => shelf());
    debugging.set({ stubs: [{ of: "tool", name: "mail", output: "{}" }] });
    expect(debugging.wishes(new Set()).broken).toBeNull();
    debugging.set({ stubs: [{ of: "tool", name: "", output: "{}" }] });
    expect(debugging.wishes(new Set()).broken).toBe("");
  });

  it.each(["", "{", "5", "[]", "null", '{"points":5,"watches":{}}'])("reads nothing of %j", (text) => {
    const plan = createDebugging("w1", () => shelf({ [KEY]: text })).store.getState();
    expect(plan).toEqual({ points: [], watches: [], stubs: [] });
  });

  it("lasts as long as the page where nothing can be kept", () => {
    const debugging = createDebugging("w1", () => {
      throw new Error("denied");
    });
    debugging.toggle("a");
    expect(debugging.wishes(new Set(["a"])).breakpoints).toHaveLength(1);
  });
});
