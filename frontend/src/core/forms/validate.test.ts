import { beforeAll, expect, it } from "vitest";
import openapi from "../../../openapi.json";
import type { JsonObject } from "../document/document";
import { loadValidator, misfits } from "./validate";

const schema = { ...openapi.components.schemas.AgentConfig, components: openapi.components } as unknown as JsonObject;

beforeAll(loadValidator);

it.each([
  [{}, []],
  [{ temperature: 0.5, max_tokens: null }, []],
  [{ temperature: 9 }, ["temperature"]], // above its maximum, within an anyOf
  [{ max_tokens: "many", temperature: -1 }, ["max_tokens", "temperature"]],
  [{ approval: "never" }, ["approval"]],
])("%j", (config, keys) => {
  expect(
    misfits(config as JsonObject, schema)
      .map(({ key }) => key)
      .sort(),
  ).toEqual(keys);
});

it("says what is wrong in words", () => {
  expect(misfits({ temperature: 9 }, schema)[0]?.message).toContain("2");
});
