/** The real server, on a free port, with a data folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Server {
  #child: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    readonly data: string,
    private readonly model: string | null,
    private readonly more: Record<string, string>,
  ) {}

  /**
   * With the address of a model, or with none at all. `more` are variables of its environment; `prepare` fills the data
   * folder before it starts.
   */
  static async start(
    model: string | null,
    more: Record<string, string> = {},
    prepare: (data: string) => Promise<void> = async () => {},
  ): Promise<Server> {
    const server = new Server(await freePort(), await mkdtemp(join(tmpdir(), "pointwork-e2e-")), model, more);
    await prepare(server.data);
    await server.up();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async up(): Promise<void> {
    const { PATH, HOME, LANG } = process.env;
    const configured = this.model ? { OPENAI_BASE_URL: this.model, OPENAI_API_KEY: "for-tests" } : {};
    this.#child = spawn("../.venv/bin/pointwork", ["serve", "--port", String(this.port), "--data-dir", this.data], {
      env: { PATH, HOME, LANG, POINTWORK_FIND_OLLAMA: "0", ...configured, ...this.more },
      stdio: ["ignore", "ignore", "inherit"],
    });
    for (let tries = 0; tries < 150; tries += 1) {
      const alive = await fetch(`${this.url}/health`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (alive) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("The server did not come up.");
  }

  async down(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async close(): Promise<void> {
    await this.down();
    await rm(this.data, { recursive: true, force: true });
  }

  async json<T = Record<string, never>>(path: string, body?: unknown, method = body ? "POST" : "GET"): Promise<T> {
    const init = body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {};
    const answer = await fetch(this.url + path, { method, ...init });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
