import { produce } from "immer";
import { expect, it } from "vitest";
import type { Document } from "./document";
import { changeId } from "./rewrite";

const document: Document = {
  name: "",
  nodes: [
    { id: "a", type: "loop" },
    {
      id: "b",
      type: "agent",
      parent: "a",
      inputs: [{ name: "x", source_node: "a", source_field: "item" }],
      agent_config: {
        prompt: "nodes.a {{ nodes.a.item.size }} {{ nodes['a'].item }} {{ 'nodes.a.x' }} {{ nodes.ab.x }}",
      },
    },
    { id: "c", type: "router", router_config: { cases: [{ name: "nodes.a", when: "nodes.a.total > 3 and not a.b" }] } },
  ],
  edges: [{ id: "e", source: "a", target: "c" }],
};

it("a node gets another id, and all that refers to it follows", () => {
  const after = produce(
    document,
    changeId("a", "each_one", (_type, key) => key === "when"),
  );
  expect(after.nodes.map((node) => node.id)).toEqual(["each_one", "b", "c"]);
  expect(after.nodes[1]).toMatchObject({
    parent: "each_one",
    inputs: [{ name: "x", source_node: "each_one", source_field: "item" }],
    agent_config: {
      prompt: "nodes.a {{ nodes.each_one.item.size }} {{ nodes.each_one.item }} {{ 'nodes.a.x' }} {{ nodes.ab.x }}",
    },
  });
  expect(after.nodes[2]?.router_config).toEqual({
    cases: [{ name: "nodes.a", when: "nodes.each_one.total > 3 and not a.b" }],
  });
  expect(after.edges).toEqual([{ id: "e", source: "each_one", target: "c" }]);
});
