/** Documents that the journeys use. */
const start = { id: "start", type: "start", name: "Start", position: { x: 48, y: 144 } };

/** Start, an agent that is told what to say, end. */
export const speaker = (told: string) => ({
  name: "Speaker",
  nodes: [
    start,
    { id: "agent", type: "agent", name: "Speaker", agent_config: { prompt: told }, position: { x: 240, y: 144 } },
    { id: "end", type: "end", name: "End", position: { x: 552, y: 144 } },
  ],
  edges: [
    { id: "e1", source: "start", target: "agent" },
    { id: "e2", source: "agent", target: "end" },
  ],
});

/** A condition with two ways. */
export const fork = {
  name: "Fork",
  nodes: [
    { ...start, start_config: { inputs: [{ name: "amount", type: "number", default: 120 }] } },
    {
      id: "big",
      type: "condition",
      name: "Big?",
      condition_config: { condition_type: "greater_than", field: "amount", value: 100 },
      inputs: [{ name: "amount", source_node: "start", source_field: "amount" }],
      position: { x: 240, y: 144 },
    },
    { id: "discount", type: "end", name: "Discount", position: { x: 504, y: 96 } },
    { id: "full", type: "end", name: "Full price", position: { x: 504, y: 240 } },
  ],
  edges: [
    { id: "e1", source: "start", target: "big" },
    { id: "e2", source: "big", target: "discount", condition: "true" },
    { id: "e3", source: "big", target: "full", condition: "false" },
  ],
};

export const words = (count: number): string =>
  Array.from({ length: count }, (_, index) => `word${index + 1}`).join(" ");
