import { describe, expect, it } from "vitest";
import type { ExecutionSummary } from "~/api/types";
import type { Document } from "../document/document";
import { answerIn, inputsFor, messageIn, talkable } from "./inputs";
import { newThreadId, nextNumber, runIdOf, threadsOf } from "./thread";

const workflow = (...inputs: object[]): Document => ({
  name: "",
  nodes: [{ id: "start", type: "start", start_config: { inputs } } as never],
  edges: [],
});

describe("what is said to a workflow", () => {
  it("goes to the input that is meant for it", () => {
    expect(
      talkable(workflow({ name: "lang", type: "text", default: "en" }, { name: "question", type: "text" })),
    ).toEqual({
      input: "question",
      history: false,
      session: false,
      missing: [],
    });
    expect(
      talkable(workflow({ name: "session", type: "text", default: "" }, { name: "order", type: "text" })).input,
    ).toBe("order");
    expect(talkable({ name: "", nodes: [], edges: [] }).input).toBe("message");
  });

  it("names what nobody could fill in", () => {
    const found = talkable(
      workflow({ name: "message" }, { name: "amount", type: "number" }, { name: "x", required: false }),
    );
    expect(found.missing).toEqual(["amount"]);
  });

  it("takes what was said before along, if that is asked for", () => {
    const to = talkable(workflow({ name: "message" }, { name: "history", type: "json" }, { name: "session" }));
    expect(inputsFor(to, "Hi", "t1", [{ role: "user", content: "Hello" }])).toEqual({
      message: "Hi",
      history: [{ role: "user", content: "Hello" }],
      session: "t1",
    });
    expect(inputsFor(talkable(workflow()), "Hi", "t1", [])).toEqual({ message: "Hi" });
  });

  it("is found again in the inputs of a run", () => {
    expect(messageIn({ session: "t", topic: "tides", other: "x" }, "topic")).toBe("tides");
    expect(messageIn({ session: "t", odd: "tides" }, undefined)).toBe("tides");
    expect(messageIn(null, "x")).toBe("");
  });

  it("is answered with a text, or with data", () => {
    expect(answerIn("yes")).toBe("yes");
    expect(answerIn({ reply: "yes" })).toBe("yes");
    expect(answerIn({ a: "x", b: "y" })).toBeNull();
    expect(answerIn({ $blob: "d" })).toBeNull();
    expect(answerIn(5)).toBeNull();
  });
});

describe("threads", () => {
  const run = (execution_id: string, created_at: string, message = "", status = "completed"): ExecutionSummary => ({
    execution_id,
    created_at,
    status,
    workflow_id: "w",
    workflow_name: "W",
    version: 1,
    completed_at: null,
    last_seq: 1,
    origin: null,
    error: null,
    digest: {
      inputs: { session: "s", message },
      result: null,
      question: null,
      node_id: null,
      hint: null,
      usage: null,
    },
  });

  it("are the runs with a common beginning", () => {
    const id = newThreadId(() => 0.5);
    expect(runIdOf(id, 3)).toBe("chat.iiiiiiiiiiii.3");
    const threads = threadsOf([
      run(runIdOf(id, 2), "2026-01-02", "second", "running"),
      run("chat.aaaaaaaaaaaa.1", "2026-01-03", "other"),
      run(runIdOf(id, 1), "2026-01-01", "first"),
      run("chat.odd", "2026-01-09"),
      run("01a2", "2026-01-09", "chat."),
    ]);
    expect(threads.map(({ title, status, runs }) => [title, status, runs.length])).toEqual([
      ["other", "completed", 1],
      ["first", "running", 2],
    ]);
    expect(nextNumber(threads[1]?.runs ?? [])).toBe(3);
    expect(nextNumber([])).toBe(1);
  });
});
