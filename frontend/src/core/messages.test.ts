import { compileMessage } from "@lingui/message-utils/compileMessage";
import { expect, it } from "vitest";
import { Messages, simple } from "./messages";

it.each(["Run", "It isn't defined.", "Go to {0}", "{0} of {1}", "“{name}” is deleted.", "{0}"])("%s", (message) => {
  expect(simple(message)).toEqual(compileMessage(message));
});

it.each(["{n, plural, one {# node} other {# nodes}}", "It''s", "'{'braces'}'"])(
  "leaves %s to the grammar",
  (message) => {
    expect(simple(message)).toBeNull();
  },
);

it("loads the grammar when there is need for it, once", async () => {
  let loads = 0;
  let told = 0;
  const messages = new Messages(
    async () => {
      loads += 1;
      return compileMessage;
    },
    () => (told += 1),
  );
  const plural = "{n, plural, one {# node} other {# nodes}}";
  expect(messages.compile("Run")).toEqual(["Run"]);
  expect(messages.compile(plural)).toEqual([plural]);
  messages.compile(plural);
  await Promise.resolve();
  await Promise.resolve();
  expect([loads, told]).toEqual([1, 1]);
  expect(messages.compile(plural)).toEqual(compileMessage(plural));
});
