import { describe, expect, it } from "vitest";
import type { Message } from "../run/messages";
import { rowsOf, sharesOf, totalsOf } from "./rows";
import { densityOf, idleOf, scaleOf } from "./scale";
import { Trace } from "./trace";

const BEGIN = Date.parse("2026-01-01T00:00:00Z");

class Story {
  readonly trace = new Trace((flush) => flush());
  #seq = 0;
  at(seconds: number, type: string, rest: object): this {
    const timestamp = new Date(BEGIN + seconds * 1_000).toISOString();
    this.trace.take([{ type, execution_id: "x", seq: ++this.#seq, part: 0, timestamp, ...rest } as Message]);
    return this;
  }
  node(
    seconds: number,
    node_id: string,
    status: string,
    more: { path?: string[]; attempt?: number; state?: object } = {},
  ) {
    const { path = [], attempt = 1, state = {} } = more;
    const started_at = status === "skipped" ? null : "2026-01-01T00:00:00Z";
    return this.at(seconds, "node_update", { node_id, path, attempt, node_state: { status, started_at, ...state } });
  }
  step(seconds: number, node_id: string, key: string, status: string, more: object = {}) {
    return this.at(seconds, "step", { node_id, path: [], attempt: 1, key, kind: "model", name: "m", status, ...more });
  }
}

const seconds = (time: number | null) => (time === null ? null : (time - BEGIN) / 1_000);
const lines = (story: Story, folded: string[] = [], single: (id: string) => boolean = () => false) =>
  rowsOf(story.trace.spans.values(), new Set(folded), single).map(
    ({ span, depth, start, end }) =>
      `${"  ".repeat(depth)}${span.kind === "round" ? `round ${span.name}` : span.name}${span.attempt > 1 ? ` again ${span.attempt}` : ""} ${span.status} ${seconds(start)}–${seconds(end)}`,
  );

describe("a trace", () => {
  it("keeps every attempt as a span of its own", () => {
    const story = new Story()
      .node(0, "get", "running")
      .node(1, "get", "running", { state: { error: "503" } })
      .node(2, "get", "running", { attempt: 2 })
      .node(3, "get", "completed", { attempt: 2, state: { output: "ok" } });
    expect(lines(story)).toEqual(["get failed 0–1", "get again 2 completed 2–3"]);
    expect(story.trace.spans.get("get")?.error).toBe("503");
    expect(totalsOf(story.trace.spans.values(), BEGIN, BEGIN + 3_000, 0)).toMatchObject({
      retries: 1,
      workingMs: 3_000,
    });
  });

  it("nests rounds in their container, and rounds in rounds", () => {
    const story = new Story()
      .node(0, "outer", "running")
      .node(1, "inner", "running", { path: ["outer[0]"] })
      .node(2, "work", "running", { path: ["outer[0]", "inner[0]"] })
      .node(3, "work", "completed", { path: ["outer[0]", "inner[0]"] })
      .node(4, "work", "running", { path: ["outer[0]", "inner[1]"] });
    expect(lines(story)).toEqual([
      "outer running 0–null",
      "  round 1 running 1–null",
      "    inner running 1–null",
      "      round 1 completed 2–3",
      "        work completed 2–3",
      "      round 2 running 4–null",
      "        work running 4–null",
    ]);
    expect(lines(story, ["outer"])).toEqual(["outer running 0–null"]);
  });

  it("shows what a sub-workflow does without a round around it", () => {
    const story = new Story()
      .node(0, "sub", "running")
      .node(1, "sub/tax", "completed", { path: ["sub[0]"] })
      .node(2, "sub", "completed");
    expect(lines(story, [], (id) => id === "sub")).toEqual(["sub completed 0–2", "  sub/tax completed 1–1"]);
  });

  it("adds up what calls used, up to the containers", () => {
    const story = new Story()
      .node(0, "writer", "running")
      .step(1, "writer", "k1", "started")
      .at(2, "token", { node_id: "writer", path: [], attempt: 1, text: "Hel", kind: "text" })
      .at(2.5, "token", { node_id: "writer", path: [], attempt: 1, text: "lo", kind: "text" })
      .step(3, "writer", "k1", "completed", { usage: { input_tokens: 10, output_tokens: 2, cost_usd: 0.5 } })
      .step(3, "writer", "k2", "started", { kind: "tool", name: "find" })
      .step(4, "writer", "k2", "failed", { kind: "tool", name: "find", data: { message: "No.", hint: "Try." } })
      .node(5, "writer", "completed");
    const [writer, model, tool] = rowsOf(story.trace.spans.values(), new Set());
    expect(writer).toMatchObject({ use: { input: 10, output: 2, cost: 0.5, modelCalls: 1 }, trouble: true });
    expect(seconds(model?.span.firstPiece ?? null)).toBe(2);
    expect(story.trace.text(model?.span.key ?? "")).toBe("Hello");
    expect(tool?.span).toMatchObject({ name: "find", status: "failed", error: "No. Try." });
    expect(sharesOf(story.trace.spans.values())).toEqual([
      { name: "writer", use: { input: 10, output: 2, cost: 0.5, modelCalls: 1 } },
    ]);
  });

  it("gives no time to what was not taken", () => {
    expect(lines(new Story().node(1, "b", "skipped"))).toEqual(["b skipped null–1"]);
  });

  it("folds the time in which only a person was waited for", () => {
    const story = new Story()
      .node(0, "draft", "running")
      .node(2, "draft", "completed")
      .node(2, "ask", "running")
      .node(2, "ask", "waiting")
      .node(602, "ask", "running")
      .node(602, "ask", "completed")
      .node(602, "send", "running")
      .node(604, "send", "completed");
    const spans = [...story.trace.spans.values()];
    const end = BEGIN + 604_000;
    expect(idleOf(spans, BEGIN, end).map(({ from, to }) => [seconds(from), seconds(to)])).toEqual([[2, 602]]);
    const scale = scaleOf(spans, BEGIN, end);
    expect(scale.waitingMs).toBe(600_000);
    expect(scale.folds).toHaveLength(1);
    expect(scale.x(BEGIN + 2_000)).toBeCloseTo(0.41);
    expect(scale.x(BEGIN + 602_000)).toBeCloseTo(0.59);
    expect(scale.x(end)).toBeCloseTo(1);
    expect(scale.ticks.at(-1)?.ms).toBe(4_000);
  });

  it("does not fold the waiting of one while another works", () => {
    const story = new Story()
      .node(0, "ask", "running")
      .node(0, "ask", "waiting")
      .node(0, "work", "running")
      .node(100, "work", "completed");
    expect(scaleOf(story.trace.spans.values(), BEGIN, BEGIN + 100_000).folds).toEqual([]);
  });

  it("says how dense the text came", () => {
    const scale = scaleOf([], BEGIN, BEGIN + 10_000);
    const pieces = [
      { at: BEGIN, size: 5 },
      { at: BEGIN + 100, size: 5 },
      { at: BEGIN + 10_000, size: 1 },
    ];
    expect(densityOf(pieces, scale, 4)).toEqual([10, 0, 0, 1]);
  });
});
