/** What stands around a server: MCP servers that its operator configured and approved, a service that wants a key. */
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const PYTHON = resolve("../.venv/bin/python");
const TESTS = resolve("../tests/mcp");

/** The two servers of the tests: one that keeps to the rules, one whose descriptions can be changed. */
export async function configureMcp(data: string): Promise<void> {
  const mcpServers = {
    polite: { command: PYTHON, args: [join(TESTS, "polite.py")], read_only: ["add"], needs_approval: ["wait"] },
    rugpull: { command: PYTHON, args: ["-I", "-S", join(TESTS, "rude.py"), "rugpull"] },
  };
  await writeFile(join(data, "mcp.json"), JSON.stringify({ mcpServers }), { mode: 0o600 });
  await describeAs(data, "Add two numbers.");
}

/** What the second one says of its tool from its next start on. */
export async function describeAs(data: string, text: string): Promise<void> {
  const folder = join(data, "mcp", "rugpull");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, "description"), text);
}

/** As the operator does it, at a terminal. */
export async function approve(data: string, name: string): Promise<void> {
  const { PATH, HOME, LANG } = process.env;
  await promisify(execFile)("../.venv/bin/pointwork", ["mcp", "approve", name, "--yes", "--data-dir", data], {
    env: { PATH, HOME, LANG },
  });
}

/** The processes that run this script, below a process or anywhere. */
export async function processesOf(script: string, data: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const read = (name: string) => readFile(`/proc/${entry}/${name}`, "utf8").catch(() => "");
    const [command, environment] = [await read("cmdline"), await read("environ")];
    // Its home lies in the data folder of its server, so servers of other tests do not count.
    if (command.includes(script) && environment.includes(data)) found.push(Number(entry));
  }
  return found;
}

export interface Service {
  url: string;
  origin: string;
  /** The headers named `authorization` that came in. */
  seen: string[];
  close: () => Promise<void>;
}

/** A service that says back what it was told, its key too: the worst that one can do. */
export async function startEcho(): Promise<Service> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      seen.push(request.headers.authorization ?? "");
      response.setHeader("content-type", "application/json");
      response.setHeader("x-key", request.headers.authorization ?? "");
      response.end(JSON.stringify({ url: request.url, headers: request.headers, body }));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/echo`,
    origin: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
