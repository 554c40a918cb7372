/** What was said in an attempt: to the model, by it, and with the tools it called. */
import { isGoing, type Span } from "./span";

export type Said =
  | { kind: "told"; key: string; role: string; text: string }
  | { kind: "answer"; key: string; step: Span; text: string; thinking: string; calls: string[] }
  | { kind: "call"; key: string; step: Span; input: unknown }
  | { kind: "stored"; key: string; value: unknown };

/** The conversation in order. `textOf` gives what a call has written so far. */
export function talkOf(steps: readonly Span[], textOf: (key: string) => string): Said[] {
  const said: Said[] = [];
  for (const step of steps) {
    if (step.stepKind !== "model") {
      said.push({ kind: "call", key: step.key, step, input: argumentsOf(step.input) });
      continue;
    }
    const messages = isRecord(step.input) ? step.input.messages : undefined;
    if (Array.isArray(messages)) {
      messages.forEach((message, index) => {
        if (!isRecord(message) || message.role === "assistant" || message.role === "tool") return;
        said.push({
          kind: "told",
          key: `${step.key} ${index}`,
          role: String(message.role),
          text: textIn(message.content),
        });
      });
    } else if (messages !== undefined) said.push({ kind: "stored", key: `${step.key} told`, value: messages });
    const output = isRecord(step.output) ? step.output : {};
    const text = typeof output.text === "string" && !isGoing(step) ? output.text : textOf(step.key);
    said.push({
      kind: "answer",
      key: step.key,
      step,
      text,
      thinking: typeof output.thinking === "string" ? output.thinking : "",
      calls: callsIn(output.tool_calls),
    });
  }
  return said;
}

function argumentsOf(input: unknown): unknown {
  return isRecord(input) && "arguments" in input ? input.arguments : input;
}

function callsIn(calls: unknown): string[] {
  return Array.isArray(calls) ? calls.flatMap((call) => (isRecord(call) ? [String(call.name)] : [])) : [];
}

/** The text of a message; of one in parts, their texts. */
function textIn(content: unknown): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map((part) => (isRecord(part) ? String(part.text ?? "") : "")).join("\n");
  return JSON.stringify(content) ?? "";
}

/** Tokens in a second, while the model wrote. */
export function speedOf({ firstPiece, end, use }: Span): number | null {
  const ms = firstPiece === null || end === null ? 0 : end - firstPiece;
  return ms > 50 && use.output > 0 ? use.output / (ms / 1_000) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
