import { describe, expect, it } from "vitest";
import type { ExecutionSummary } from "~/api/types";
import { HistoryList, type Page } from "./list";

const row = (number: number, status = "completed"): ExecutionSummary => ({
  execution_id: `r${String(number).padStart(4, "0")}`,
  workflow_id: "w",
  workflow_name: "W",
  version: 1,
  status,
  created_at: new Date(number * 1_000).toISOString(),
  completed_at: null,
  last_seq: 1,
  origin: null,
  error: null,
});

/** A server with these runs, newest first. */
class Server {
  runs: ExecutionSummary[] = [];
  asked: string[] = [];
  ask = async (wanted: { cursor?: string | null; limit: number; open?: boolean; id?: string }): Promise<Page> => {
    this.asked.push(wanted.id ?? (wanted.open ? "open" : (wanted.cursor ?? "head")));
    const all = [...this.runs]
      .sort((a, b) => b.execution_id.localeCompare(a.execution_id))
      .filter((one) => (wanted.id ? one.execution_id === wanted.id : !wanted.open || one.status === "running"))
      .filter((one) => !wanted.cursor || one.execution_id < wanted.cursor);
    const rows = all.slice(0, wanted.limit);
    return { rows, next: all.length > rows.length ? (rows.at(-1)?.execution_id ?? null) : null };
  };
}

const ids = (list: HistoryList) => list.listed.rows.map((one) => Number(one.execution_id.slice(1)));
const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => from - index);

describe("the loaded history", () => {
  const begin = async (count: number, pages: number) => {
    const server = new Server();
    server.runs = down(count, 1).map((number) => row(number));
    const list = new HistoryList(server.ask);
    for (let page = 0; page < pages; page += 1) await list.more();
    return { server, list };
  };

  it("grows page by page until there is no more", async () => {
    const { server, list } = await begin(250, 2);
    expect(ids(list)).toEqual(down(250, 51));
    await list.more();
    await list.more();
    expect(ids(list)).toEqual(down(250, 1));
    expect(server.asked).toHaveLength(3);
  });

  it("takes in what has begun, without losing what was loaded", async () => {
    const { server, list } = await begin(250, 2);
    server.runs.push(row(251), row(252, "running"));
    await list.refresh();
    expect(ids(list)).toEqual(down(252, 51));
    expect(list.listed.rows[0]?.status).toBe("running");
  });

  it("begins anew when more has begun than one look shows", async () => {
    const { server, list } = await begin(250, 2);
    server.runs.push(...down(400, 251).map((number) => row(number)));
    await list.refresh();
    expect(ids(list)).toEqual(down(400, 351));
    await list.more();
    expect(ids(list)).toEqual(down(400, 251));
  });

  it("looks again at runs far down that had not ended", async () => {
    const server = new Server();
    server.runs = down(250, 1).map((number) => row(number, [60, 70].includes(number) ? "running" : "completed"));
    const list = new HistoryList(server.ask, (one) => one.status !== "failed");
    await list.more();
    await list.more();
    server.runs = server.runs.map((one) => (one.execution_id === "r0060" ? row(60, "failed") : one));
    server.runs = server.runs.map((one) => (one.execution_id === "r0070" ? row(70, "running") : one));
    await list.refresh();
    expect(ids(list)).not.toContain(60); // it does not fit any more
    expect(ids(list)).toContain(70);
    expect(server.asked.slice(3)).toEqual(["open", "r0060"]);
  });

  it("that begins with the oldest looks only at what had not ended", async () => {
    const server = new Server();
    server.runs = [row(1), row(2, "running")];
    const list = new HistoryList(server.ask, undefined, false);
    await list.more();
    server.runs = [row(1), row(2), row(3)];
    await list.refresh();
    expect(list.listed.rows.map((one) => one.status)).toEqual(["completed", "completed"]);
    expect(server.asked).toEqual(["head", "open", "r0002"]);
  });

  it("drops what was deleted", async () => {
    const { server, list } = await begin(80, 1);
    server.runs = server.runs.filter((one) => one.execution_id !== "r0079");
    await list.refresh();
    expect(ids(list)).not.toContain(79);
    server.runs = [];
    await list.refresh();
    expect(ids(list)).toEqual([]);
  });

  it("says what went wrong, and keeps what it has", async () => {
    const { server, list } = await begin(10, 1);
    server.ask = () => Promise.reject(new Error("away"));
    const broken = new HistoryList(server.ask);
    await broken.more();
    expect(broken.listed).toMatchObject({ state: "failed", error: new Error("away") });
    expect(ids(list)).toHaveLength(10);
  });
});
