import { describe, expect, it } from "vitest";
import { createBreakpoints, type Storage } from "./breakpoints";

function shelf(kept: Record<string, string> = {}): Storage & { kept: Record<string, string> } {
  return {
    kept,
    getItem: (key) => kept[key] ?? null,
    setItem: (key, value) => void (kept[key] = value),
    removeItem: (key) => void delete kept[key],
  };
}

describe("breakpoints", () => {
  it("are kept by workflow", () => {
    const storage = shelf();
    createBreakpoints("w1", () => storage).toggle("a");
    expect([...createBreakpoints("w1", () => storage).store.getState().nodes]).toEqual(["a"]);
    expect([...createBreakpoints("w2", () => storage).store.getState().nodes]).toEqual([]);
  });

  it("go as they came", () => {
    const storage = shelf();
    const points = createBreakpoints("w1", () => storage);
    points.toggle("a");
    points.toggle("a");
    expect(storage.kept).toEqual({});
  });

  it("are sent only for nodes that there are", () => {
    const points = createBreakpoints("w1", () => shelf({ "pointwork.breakpoints.w1": '["gone","a"]' }));
    expect(points.among(["a", "b"])).toEqual([{ node: "a", when: "before" }]);
  });

  it.each(["", "{", "5", '[1,null,{"a":1}]', '{"a":1}'])("read nothing of %j", (text) => {
    const points = createBreakpoints("w1", () => shelf({ "pointwork.breakpoints.w1": text }));
    expect(points.store.getState().nodes.size).toBe(0);
  });

  it("last as long as the page where nothing can be kept", () => {
    const points = createBreakpoints("w1", () => {
      throw new Error("denied");
    });
    points.toggle("a");
    expect(points.among(["a"])).toHaveLength(1);
  });
});
