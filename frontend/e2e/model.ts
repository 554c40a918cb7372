/**
 * A model provider for the journeys: speaks OpenAI's Chat Completions, and says what it is told to, at a set pace.
 * `say: a b c` answers with these words; `slowly 40: a b c` with a pause of 40 ms after each; `fails gpt-4o 2 times`
 * lets that model refuse the first two questions of this wording.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Model {
  url: string;
  /** How many words went out, to see that nothing is said after a stop. */
  said: () => number;
  /** Which models were asked something with this text in it, in this order. */
  asked: (about: string) => string[];
  close: () => Promise<void>;
}

interface Message {
  role: string;
  content: unknown;
}

/** What the model says when it is told something: for pictures, in which cues would look odd. */
export interface Line {
  when: RegExp;
  say: string;
  pause: number;
}

const MODELS = ["gpt-4o-mini", "gpt-4o"].map((id) => ({ id, object: "model" }));

export async function startModel(script: readonly Line[] = []): Promise<Model> {
  let said = 0;
  const questions: { model: string; told: string }[] = [];
  const server = createServer((request, response) => {
    if (request.url?.endsWith("/models")) {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ object: "list", data: MODELS }));
      return;
    }
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      const { model, messages, stream } = JSON.parse(body) as { model: string; messages: Message[]; stream?: boolean };
      const told = messages.map((message) => text(message.content)).join("\n");
      questions.push({ model, told });
      const refusals = [...told.matchAll(/fails (\S+) (\d+) times/g)].find(([, name]) => name === model)?.[2] ?? "0";
      if (questions.filter((one) => one.model === model && one.told === told).length <= Number(refusals)) {
        refuse(response, model);
        return;
      }
      const [, pause = "0", slow] = /slowly (\d+): ([^\n]+)/.exec(told) ?? [];
      const line = script.find(({ when }) => when.test(told));
      const words = (line?.say ?? slow ?? /say: ([^\n]+)/.exec(told)?.[1] ?? "All right.").split(" ");
      if (stream) void speak(response, words, line?.pause ?? Number(pause), () => (said += 1));
      else answer(response, words.join(" "));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    said: () => said,
    asked: (about) => questions.filter(({ told }) => told.includes(about)).map(({ model }) => model),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** An error, about which the client is not to ask again by itself. */
function refuse(response: ServerResponse, model: string): void {
  response.writeHead(503, { "content-type": "application/json", "x-should-retry": "false" });
  response.end(JSON.stringify({ error: { message: `${model} is overloaded`, type: "server_error" } }));
}

function text(content: unknown): string {
  return typeof content === "string" ? content : JSON.stringify(content);
}

const USAGE = { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 };
const HEAD = { id: "c1", created: 1, model: "gpt-4o-mini" };

async function speak(response: ServerResponse, words: string[], pause: number, onWord: () => void): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (delta: object, rest: object = {}) => {
    const choices = [{ index: 0, delta, finish_reason: null, ...rest }];
    response.write(`data: ${JSON.stringify({ ...HEAD, object: "chat.completion.chunk", choices })}\n\n`);
  };
  send({ role: "assistant", content: "" });
  for (const [index, word] of words.entries()) {
    if (response.destroyed) return;
    send({ content: index === 0 ? word : ` ${word}` });
    onWord();
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  send({}, { finish_reason: "stop" });
  const last = { ...HEAD, object: "chat.completion.chunk", choices: [], usage: USAGE };
  response.end(`data: ${JSON.stringify(last)}\n\ndata: [DONE]\n\n`);
}

function answer(response: ServerResponse, content: string): void {
  response.setHeader("content-type", "application/json");
  const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
  response.end(JSON.stringify({ ...HEAD, object: "chat.completion", choices, usage: USAGE }));
}
