import { expect, it } from "vitest";
import { readFilter } from "./filter";
import { pillarsOf, stretchesOf, wantedBy } from "./pillars";

const NOW = Date.parse("2026-03-08T12:00:00Z");

it("reads what fits from an address, and nothing else", () => {
  expect(readFilter({ status: "failed", workflow: "w", q: 12, span: "day", more: 1 })).toEqual({
    status: "failed",
    workflow: "w",
    q: "12",
    span: "day",
  });
  expect(readFilter({ status: "odd", q: "", span: "week", from: 5, to: 4 })).toEqual({});
  expect(readFilter({ from: 4, to: 5 })).toEqual({ from: 4, to: 5 });
});

it("asks for a week, unless something else is wanted", () => {
  expect(wantedBy({}, NOW)).toEqual({ since: "2026-03-01T12:00:00.000Z" });
  expect(wantedBy({ span: "ever", q: "x", workflow: "w" }, NOW)).toEqual({ q: "x", workflow_id: "w" });
  expect(wantedBy({ from: NOW, to: NOW + 1_000, span: "hour" }, NOW)).toEqual({
    since: "2026-03-08T12:00:00.000Z",
    until: "2026-03-08T12:00:01.000Z",
  });
});

it("puts every run into its bar", () => {
  const stretches = stretchesOf({ span: "hour" }, NOW);
  const at = (index: number) => new Date(stretches.since + index * stretches.widthS * 1_000).toISOString();
  const pillars = pillarsOf(
    [
      { begins_at: at(0), status: "completed", count: 3 },
      { begins_at: at(71), status: "failed", count: 1 },
      { begins_at: at(71), status: "waiting", count: 2 },
      { begins_at: "2020-01-01T00:00:00Z", status: "failed", count: 9 },
    ],
    stretches,
  );
  expect(pillars).toHaveLength(72);
  expect(pillars[0]).toMatchObject({ total: 3, failed: 0, open: 0 });
  expect(pillars[71]).toMatchObject({ total: 3, failed: 1, open: 2 });
  expect(pillars[71]?.to).toBeGreaterThan(NOW);
});
