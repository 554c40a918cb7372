import { expect, it } from "vitest";
import type { Document } from "../document/document";
import { sizesOf, type Specs } from "./sizes";
import { tidy } from "./tidy";
import { track } from "./track";

const specs: Specs = new Map([["condition", { ports: ["true", "false"], ports_from: null }]]);

it("draws straight ahead, and turns by 45 degrees", () => {
  expect(track({ x: 0, y: 10 }, { x: 100, y: 10 }).path).toBe("M0 10L100 10");
  expect(track({ x: 0, y: 0 }, { x: 100, y: 100 }).path).toBe("M0 0L12 0L24 12L24 88L36 100L100 100");
});

it("leads back around the nodes", () => {
  const { path } = track({ x: 200, y: 0 }, { x: 0, y: 0 });
  expect(path).toContain("96"); // below
});

it("tidies up sixty nodes without overlap, containers and what is in them too", () => {
  const document: Document = { name: "", nodes: [], edges: [] };
  for (let i = 0; i < 60; i += 1) {
    const parent = i >= 50 ? "n10" : null;
    document.nodes.push({ id: `n${i}`, type: i === 10 ? "loop" : i % 7 === 0 ? "condition" : "agent", parent });
    const from = i - 1 - (i % 3);
    if (i > 0 && i < 50 && from >= 0) document.edges.push({ id: `e${i}`, source: `n${from}`, target: `n${i}` });
    if (i > 50) document.edges.push({ id: `e${i}`, source: `n${i - 1}`, target: `n${i}` });
  }
  const places = tidy(document, specs);
  const moved: Document = {
    ...document,
    nodes: document.nodes.map((n) => ({ ...n, position: places.get(n.id) ?? {} })),
  };
  const sizes = sizesOf(moved, specs, true);
  for (const parent of [null, "n10"]) {
    const boxes = moved.nodes
      .filter((node) => (node.parent ?? null) === parent)
      .map((node) => ({
        ...(places.get(node.id) ?? { x: 0, y: 0 }),
        ...(sizes.get(node.id) ?? { width: 0, height: 0 }),
      }));
    expect(boxes.length).toBe(parent ? 10 : 50);
    for (const [i, a] of boxes.entries())
      for (const b of boxes.slice(i + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart).toBe(true);
      }
  }
});
