import { expect, test, vi } from "vitest";
import { type Command, CommandRegistry } from "./registry";

const command = (id: string, run = vi.fn<() => void>()): Command & { run: typeof run } => ({
  id,
  label: () => id,
  group: "run",
  run,
});

test("a command that is on its way is run when it comes, once", async () => {
  const registry = new CommandRegistry();
  expect(registry.run("run.start")).toBe(false);
  const other = command("run.stop");
  registry.add([other]);
  const late = command("run.start");
  const takeAway = registry.add([late]);
  await Promise.resolve();
  expect(late.run).toHaveBeenCalledTimes(1);
  expect(other.run).not.toHaveBeenCalled();
  takeAway();
  registry.add([late]);
  await Promise.resolve();
  expect(late.run).toHaveBeenCalledTimes(1);
});

test("only what was wanted last and lately is waited for", async () => {
  const registry = new CommandRegistry();
  const [one, two] = [command("one"), command("two")];
  registry.run("one");
  registry.run("two");
  registry.add([one, two]);
  await Promise.resolve();
  expect([one.run.mock.calls.length, two.run.mock.calls.length]).toEqual([0, 1]);
  vi.useFakeTimers();
  registry.run("three");
  vi.advanceTimersByTime(60_000);
  const three = command("three");
  registry.add([three]);
  await Promise.resolve();
  expect(three.run).not.toHaveBeenCalled();
  vi.useRealTimers();
});
