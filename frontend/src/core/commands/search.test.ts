import { expect, it } from "vitest";
import { match } from "./search";

it.each([
  ["appr", "Approve reply", [[0, 4]]], // the beginning
  ["reply", "Approve reply", [[8, 13]]], // of a later word
  [
    "ar",
    "Approve reply",
    [
      [0, 1],
      [8, 9],
    ],
  ], // initials
  ["", "anything", []], // nothing typed: all fits
])("%s in %s", (query, text, ranges) => {
  expect(match(query, text)?.ranges).toEqual(ranges);
});

it("does not find letters in the middle of words", () => {
  expect(match("pv", "Approve reply")).toBeNull();
});

it("puts beginnings of texts before those of words, and those before the rest", () => {
  const scores = ["node", "a node", "anode"].map((text) => match("node", text)?.score ?? 0);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
});
