import { produce } from "immer";
import { describe, expect, it } from "vitest";
import type { Document, DocumentNode } from "../document/document";
import { Refusal } from "./border";
import { extract } from "./extract";
import type { Known } from "./inputs";

const known: Known = {
  outputs: () => [],
  outlets: (node) => (node.type === "condition" ? ["true", "false"] : ["out"]),
  isFormula: (_type, key) => key === "condition",
};
const agent = (id: string, prompt = "", more: object = {}): DocumentNode => ({
  id,
  type: "agent",
  agent_config: { prompt },
  ...more,
});
const start: DocumentNode = {
  id: "start",
  type: "start",
  start_config: { inputs: [{ name: "topic", type: "text", description: "What about" }] },
};
const end: DocumentNode = { id: "end", type: "end" };
const lines = (...all: string[]) =>
  all.map((line, index) => {
    const [source = "", target = "", condition] = line.split(" ");
    return { id: `e${index}`, source, target, ...(condition && { condition }) };
  });
const drawing = (nodes: DocumentNode[], ...edges: string[]): Document => ({
  name: "All",
  nodes: [start, ...nodes, end],
  edges: lines(...edges),
  variables: { tone: "dry", unread: 1 },
});
const cut = (document: Document, ...ids: string[]) => {
  const { inner, edit, id } = extract(document, new Set(ids), "Part", known);
  return { inner, id, outer: produce(document, edit("w2")) };
};
const find = (document: Document, id: string) => document.nodes.find((node) => node.id === id);
const shape = ({ edges }: Document) =>
  edges.map(({ source, target, condition }) => `${source} ${condition ?? "out"} ${target}`).sort();
const refusal = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return `${error.why} ${error.node}`;
    throw error;
  }
  return "";
};

describe("a chain", () => {
  const document = drawing(
    [
      agent("a", "On {{ topic }}"),
      agent("b", "{{ nodes.a.output }} in a {{ vars.tone }} way"),
      agent("c", "{{ nodes.b.output }}"),
    ],
    "start a",
    "a b",
    "b c",
    "c end",
  );

  it("goes in whole, and the last node hands on its id", () => {
    const { inner, id, outer } = cut(document, "a", "b");
    expect(id).toBe("b");
    expect(shape(inner)).toEqual(["a out b", "b out end", "start out a"]);
    expect(inner.variables).toEqual({ tone: "dry" });
    expect(find(inner, "start")?.start_config).toEqual({
      inputs: [{ name: "topic", type: "text", description: "What about", required: false }],
    });
    expect(shape(outer)).toEqual(["b out c", "c out end", "start out b"]);
    expect(find(outer, "b")).toMatchObject({ type: "workflow", workflow_config: { workflow_id: "w2" } });
    expect(find(outer, "c")).toEqual(find(document, "c"));
  });

  it("is given by name what it reads from elsewhere, and what arrives too", () => {
    const read = drawing(
      [agent("a"), agent("b", "{{ output }} {{ nodes.start.topic }} {{ inputs.topic }}"), agent("c")],
      "start a",
      "a b",
      "b c",
      "c end",
    );
    const { inner, outer } = cut(read, "b");
    expect(find(outer, "b")?.inputs).toEqual([
      { name: "topic", source_node: "start", source_field: "topic" },
      { name: "topic_2", source_field: "topic" },
      { name: "a", source_node: "a", source_field: "output" },
    ]);
    expect(find(inner, "b")).toMatchObject({
      agent_config: { prompt: "{{ output }} {{ inputs.topic }} {{ inputs.topic_2 }}" },
      inputs: [{ name: "output", source_field: "a" }],
    });
  });

  it("gives several results by name when more than the last is read", () => {
    const read = drawing(
      [agent("a", "{{ topic }}"), agent("b", "{{ output }}"), agent("c", "{{ nodes.a.output }} {{ output }}")],
      "start a",
      "a b",
      "b c",
      "c end",
    );
    const { inner, id, outer } = cut(read, "a", "b");
    expect(id).toBe("part");
    expect(find(inner, "end")?.inputs).toEqual([
      { name: "a", source_node: "a", source_field: "output" },
      { name: "b", source_node: "b", source_field: "output" },
    ]);
    expect(find(outer, "c")).toMatchObject({
      agent_config: { prompt: "{{ nodes.part.a }} {{ output }}" },
      inputs: [{ name: "output", source_node: "part", source_field: "b" }],
    });
  });
});

it("leaves start and end where they are, and refuses when nothing is left", () => {
  const document = drawing([agent("a")], "start a", "a end");
  expect(shape(cut(document, "start", "a", "end").outer)).toEqual(["a out end", "start out a"]);
  expect(refusal(() => cut(document, "start"))).toBe("nothing ");
});

it("refuses what would run in another way", () => {
  const around = drawing([agent("a"), agent("b"), agent("c")], "start a", "a b", "b c", "c end");
  expect(refusal(() => cut(around, "a", "c"))).toBe("around b");
  const fork = drawing(
    [{ id: "if", type: "condition" }, agent("a"), agent("b")],
    "start if",
    "if a true",
    "if b false",
    "a end",
    "b end",
  );
  expect(refusal(() => cut(fork, "if"))).toBe("ports if");
  expect(refusal(() => cut(fork, "if", "a"))).toBe("ports if");
  expect(refusal(() => cut(fork, "a", "b"))).toBe("entries a");
  const { inner, outer } = cut(fork, "if", "a", "b");
  expect(shape(outer)).toEqual(["part out end", "start out part"]);
  expect(shape(inner)).toEqual(["a out end", "b out end", "if false b", "if true a", "start out if"]);
});

it("is given the item of the round around it", () => {
  const document = drawing(
    [
      { id: "each", type: "map" },
      agent("a", "{{ item }} and {{ nodes.each.index }}", { parent: "each" }),
      agent("b", "{{ output }}", { parent: "each" }),
    ],
    "start each",
    "each end",
    "a b",
  );
  expect(refusal(() => cut(document, "a"))).toBe("given a");
  const { inner, outer } = cut(
    produce(document, (draft) => {
      const node = draft.nodes.find((one) => one.id === "a");
      if (node) node.inputs = [{ name: "word", source_node: "each", source_field: "item" }];
    }),
    "a",
  );
  expect(find(inner, "a")).toMatchObject({
    inputs: [{ name: "word", source_field: "item" }],
    agent_config: { prompt: "{{ inputs.item }} and {{ inputs.index }}" },
  });
  expect(find(inner, "a")?.parent).toBeUndefined();
  expect(find(outer, "a")).toMatchObject({ type: "workflow", parent: "each" });
});
