import { expect, test } from "vitest";
import { freeName } from "./names";

test("what is added takes nobody's place", () => {
  expect(freeName("key_", [])).toBe("key_1");
  expect(freeName("key_", ["key_1"])).toBe("key_2");
  expect(freeName("key_", ["key_2"])).toBe("key_3"); // the first was taken away
});
