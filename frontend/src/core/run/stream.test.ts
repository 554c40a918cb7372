// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { follow } from "./stream";
import type { Message } from "./messages";

class Wire extends EventTarget {
  closed = false;
  sent: string[] = [];
  constructor(readonly address: string) {
    super();
  }
  open() {
    this.dispatchEvent(new Event("open"));
  }
  say(...messages: object[]) {
    const data = JSON.stringify(messages.length === 1 ? messages[0] : { type: "batch", events: messages });
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
  drop(code: number) {
    this.dispatchEvent(new CloseEvent("close", { code }));
  }
  close() {
    this.closed = true;
  }
  send(text: string) {
    this.sent.push(text);
  }
}

const at = (seq: number, part = 0, type = "log") => ({ type, seq, part, log: {}, timestamp: "" });

describe("following a run", () => {
  const wires: Wire[] = [];
  const make = (address: string) => {
    const wire = new Wire(address);
    wires.push(wire);
    return wire as never;
  };
  const network = { socket: make, events: make };
  let seen: string[];
  let states: string[];
  const listener = {
    onMessages: (messages: Message[]) => seen.push(...messages.map((one) => `${one.seq}.${one.part}`)),
    onConnection: (state: string) => states.push(state),
  };
  const wire = (index: number): Wire => {
    const found = wires[index];
    if (!found) throw new Error(`only ${wires.length} connections`);
    return found;
  };

  beforeEach(() => {
    vi.useFakeTimers();
    wires.length = 0;
    [seen, states] = [[], []];
  });

  it("goes on behind the last message, and drops what comes twice", () => {
    follow("run 1", listener, undefined, network);
    expect(wire(0).address).toContain("/api/ws/executions/run%201?after=0&batch=1");
    wire(0).open();
    wire(0).say(at(1), at(1, 1), at(2));
    wire(0).drop(1006);
    vi.advanceTimersByTime(300);
    expect(wire(1).address).toContain("after=2.0");
    wire(1).open();
    wire(1).say(at(1, 1), at(2), at(3), { type: "pong" });
    expect(seen).toEqual(["1.0", "1.1", "2.0", "3.0"]);
    expect(states).toEqual(["connecting", "live", "lost", "live"]);
  });

  it("falls back to events when sockets never open", () => {
    follow("r", listener, { seq: 4, part: 1 }, network);
    wire(0).drop(1006);
    vi.advanceTimersByTime(300);
    wire(1).drop(1006);
    vi.advanceTimersByTime(600);
    expect(wire(2).address).toBe("/api/executions/r/events?view=messages&after=4.1");
    wire(2).open();
    wire(2).say(at(5));
    expect(seen).toEqual(["5.0"]);
  });

  it("waits longer and longer, and not at all after the end", () => {
    follow("r", listener, undefined, network);
    for (const [index, wait] of [300, 600, 1_200].entries()) {
      if (index < 2) wire(index).drop(1012);
      else wire(index).dispatchEvent(new Event("error"));
      vi.advanceTimersByTime(wait - 1);
      expect(wires).toHaveLength(index + 1);
      vi.advanceTimersByTime(1);
    }
    wire(3).say(at(9, 0, "completion"));
    vi.advanceTimersByTime(60_000);
    expect(states.at(-1)).toBe("ended");
    expect(wires).toHaveLength(4);
  });

  it("says that there is no such run", () => {
    follow("r", listener, undefined, network);
    wire(0).open();
    wire(0).drop(4404);
    expect(states).toEqual(["connecting", "live", "missing"]);
  });

  it("is quiet once it was stopped", () => {
    follow("r", listener, undefined, network)();
    wire(0).say(at(1));
    wire(0).drop(1006);
    vi.advanceTimersByTime(60_000);
    expect([seen, wires.length]).toEqual([[], 1]);
    wire(0).open();
    expect(wire(0).closed).toBe(true);
  });
});
