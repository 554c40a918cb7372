import { expect, it } from "vitest";
import { csv } from "./download";

it("writes cells that a spreadsheet reads as they are", () => {
  const rows = [
    ["a", 'say "x", y', null, -5],
    ["=1+1", "two\nlines", "-5", undefined],
  ];
  expect(csv(rows)).toBe('a,"say ""x"", y",,-5\r\n\'=1+1,"two\nlines",\'-5,');
});
