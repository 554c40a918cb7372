import { i18n } from "@lingui/core";
import { beforeEach, expect, it, vi } from "vitest";
import { RunView } from "./runView";

const sent: string[] = [];
let answer: (type: string) => Promise<unknown>;

vi.mock("~/api/client", () => ({
  ApiError: class extends Error {},
  api: {
    POST: (_path: string, { body }: { body: { type: string } }) => {
      sent.push(body.type);
      return answer(body.type);
    },
  },
}));
vi.mock("~/core/run/stream", () => ({ follow: () => () => {} }));
vi.mock("~/ui/Toasts", () => ({ toast: () => {} }));

const taken = async () => ({ data: {} });

function shown(broken: string | null = null): RunView {
  const run = new RunView("w", () => ({
    broken,
    breakpoints: [{ node: "a", when: "before" }],
    stubs: [{ node: "send", output: {} }],
  }));
  run.show("e1");
  return run;
}

beforeEach(() => {
  i18n.loadAndActivate({ locale: "en", messages: {} });
  sent.length = 0;
  answer = taken;
  vi.useFakeTimers();
});

it("tells a run what it shall obey before it goes on", async () => {
  const run = shown();
  run.tellSoon();
  await run.command({ type: "resume" });
  expect(sent).toEqual(["set_stubs", "set_breakpoints", "resume"]);
});

it("tells nothing when nothing has changed", async () => {
  await shown().command({ type: "resume" });
  expect(sent).toEqual(["resume"]);
});

it("does not go on without its stubs because a breakpoint is refused", async () => {
  answer = async (type) => {
    if (type === "set_breakpoints") throw new Error("The condition cannot be read.");
    return taken();
  };
  const run = shown();
  run.tellSoon();
  await run.command({ type: "resume" });
  expect(sent).toEqual(["set_stubs", "set_breakpoints", "resume"]);
});

it("waits, before it goes on, for what is being told", async () => {
  let free = () => {};
  const held = new Promise<unknown>((resolve) => (free = () => resolve({ data: {} })));
  answer = () => (sent.length === 1 ? held : taken());
  const run = shown();
  run.tellSoon();
  await vi.advanceTimersByTimeAsync(300);
  expect(sent).toEqual(["set_stubs"]);
  const going = run.command({ type: "resume" });
  await vi.advanceTimersByTimeAsync(0);
  free();
  await going;
  expect(sent).toEqual(["set_stubs", "set_breakpoints", "resume"]);
});

it("is held back by stubs that are refused, may be stopped all the same, and is told again", async () => {
  let refuse = true;
  answer = async (type) => {
    if (refuse && type === "set_stubs") throw new Error("There is no such node.");
    return taken();
  };
  const run = shown();
  run.tellSoon();
  await expect(run.command({ type: "resume" })).rejects.toThrow("no such node");
  await run.command({ type: "cancel" });
  expect(sent).toEqual(["set_stubs", "cancel"]);
  refuse = false;
  await run.command({ type: "resume" });
  expect(sent.slice(2)).toEqual(["set_stubs", "set_breakpoints", "resume"]);
});

it("is held back by a stub that cannot be read, and is not even begun", async () => {
  const run = shown("send");
  run.tellSoon();
  await expect(run.command({ type: "step" } as never)).rejects.toThrow("send");
  await expect(run.start({}, 1)).rejects.toThrow("send");
  expect(sent).toEqual([]);
});
