import { describe, expect, it, vi } from "vitest";
import { LiveRun } from "./live";
import type { Message } from "./messages";

let seq = 0;
const message = (type: string, rest: object): Message =>
  ({ type, execution_id: "x", seq: ++seq, part: 0, timestamp: "2026-01-01T00:00:00.000000Z", ...rest }) as Message;
const update = (node_id: string, status: string, path: string[] = [], attempt = 1, rest = {}) =>
  message("node_update", {
    node_id,
    path,
    attempt,
    node_state: { status, started_at: "2026-01-01T00:00:01Z", ...rest },
  });
const token = (node_id: string, text: string, path: string[] = [], attempt = 1) =>
  message("token", { node_id, path, attempt, text, kind: "text" });

describe("a live run", () => {
  it("tells each listener once for all that came, and nobody else", () => {
    const flushes: (() => void)[] = [];
    const run = new LiveRun((flush) => flushes.push(flush));
    const [a, b] = [vi.fn<() => void>(), vi.fn<() => void>()];
    run.subscribe("a", a);
    run.subscribe("b", b);
    run.take(Array.from({ length: 100 }, (_, i) => token("a", `${i} `)));
    run.take([token("a", "end")]);
    expect(flushes).toHaveLength(1);
    flushes[0]?.();
    expect(a).toHaveBeenCalledTimes(1);
    expect(b).not.toHaveBeenCalled();
  });

  it("shows the end of a text and keeps the whole of it", () => {
    const run = new LiveRun(() => {});
    for (let i = 0; i < 100; i += 1) run.take([token("a", "0123456789")]);
    expect(run.node("a")?.tail).toHaveLength(240);
    expect(run.text("a")).toHaveLength(1_000);
  });

  it("drops what an attempt wrote when the next one begins", () => {
    const run = new LiveRun(() => {});
    run.take([
      update("a", "running"),
      token("a", "half a sen"),
      update("a", "running", [], 2),
      token("a", "Again", [], 2),
    ]);
    expect(run.text("a")).toBe("Again");
    expect(run.node("a")?.attempt).toBe(2);
  });

  it("counts rounds, and keeps each of them", () => {
    const run = new LiveRun(() => {});
    for (const round of ["l[0]", "l[1]"])
      run.take([update("a", "running", [round]), update("a", "completed", [round])]);
    run.take([update("a", "running", ["l[2]"])]);
    expect(run.rounds("l")).toEqual({ begun: 3, ended: 2, failed: 0 });
    run.take([update("a", "failed", ["l[2]"])]);
    expect(run.rounds("l")).toEqual({ begun: 3, ended: 3, failed: 1 });
    run.take([update("a", "running", ["l[2]"], 2)]); // tried again
    expect(run.rounds("l")).toEqual({ begun: 3, ended: 2, failed: 0 });
    expect([...run.activations.keys()]).toEqual(["l[0]/a", "l[1]/a", "l[2]/a"]);
    expect(run.node("a")?.path).toEqual(["l[2]"]);
  });

  it("shows a round that still runs rather than one that has ended", () => {
    const run = new LiveRun(() => {});
    run.take([update("a", "running", ["m[0]"]), update("a", "running", ["m[1]"]), update("a", "completed", ["m[1]"])]);
    run.take([update("a", "failed", ["m[2]"])]);
    expect(run.node("a")?.status).toBe("failed");
    expect(run.head.counts).toMatchObject({ running: 1, completed: 1, failed: 1 });
  });

  it("ends with the result", () => {
    const run = new LiveRun(() => {});
    run.take([
      message("status", { status: "running", data: { inputs: { topic: "tides" } } }),
      message("completion", { result: { status: "completed", result: { total: 3 }, error: null } }),
    ]);
    expect(run.head).toMatchObject({ status: "completed", result: { total: 3 }, inputs: { topic: "tides" } });
  });
});
