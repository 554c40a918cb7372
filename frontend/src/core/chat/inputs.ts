/** How what somebody says becomes the inputs of a workflow, and what it answers with a text. */
import { configOf, type Document, isObject } from "../document/document";

const MESSAGE_NAMES = ["message", "question", "text", "prompt", "input", "query", "topic"];

export interface Talkable {
  /** The input that takes the message. */
  input: string;
  /** Whether it wants to know what was said before, and in which conversation. */
  history: boolean;
  session: boolean;
  /** Inputs that nobody could fill in from here. */
  missing: string[];
}

export function talkable(document: Document): Talkable {
  const start = document.nodes.find((node) => node.type === "start");
  const listed = start ? configOf(start).inputs : [];
  const inputs = (Array.isArray(listed) ? listed : []).filter(isObject);
  const names = inputs.map((input) => String(input.name));
  const texts = inputs
    .filter((input) => input.type === "text" || input.type === undefined)
    .map((one) => String(one.name));
  const input = MESSAGE_NAMES.find((name) => texts.includes(name)) ?? texts.find((name) => name !== "session");
  const own = [input, "history", "session"];
  return {
    input: input ?? "message",
    history: names.includes("history"),
    session: names.includes("session"),
    missing: inputs
      .filter((one) => one.required !== false && (one.default === undefined || one.default === null))
      .map((one) => String(one.name))
      .filter((name) => !own.includes(name)),
  };
}

export interface Turn {
  role: "user" | "assistant";
  content: string;
}

export function inputsFor(
  to: Talkable,
  message: string,
  thread: string,
  before: readonly Turn[],
): Record<string, unknown> {
  return {
    [to.input]: message,
    ...(to.history && { history: before }),
    ...(to.session && { session: thread }),
  };
}

/** What was said, in the inputs of a run. */
export function messageIn(inputs: unknown, input?: string): string {
  if (!isObject(inputs)) return "";
  const { history: _, session: __, ...rest } = inputs;
  const named = input ?? MESSAGE_NAMES.find((name) => typeof rest[name] === "string");
  const value = (named !== undefined && rest[named]) || Object.values(rest).find((one) => typeof one === "string");
  return typeof value === "string" ? value : "";
}

/** The answer as a text, if it is one: the result itself, or the only text in it. */
export function answerIn(result: unknown): string | null {
  if (typeof result === "string") return result;
  if (!isObject(result) || "$blob" in result) return null;
  const [only, ...more] = Object.values(result);
  return typeof only === "string" && more.length === 0 ? only : null;
}
