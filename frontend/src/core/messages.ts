/**
 * Compiles the English texts that stand in the code. Nearly all are plain or have `{name}` in them; for plurals and the
 * like the whole grammar (ICU) is loaded, once there is such a text.
 */
import type { CompiledMessage } from "@lingui/message-utils/compileMessage";

type Compile = (message: string) => CompiledMessage;

const PLACE = /\{(\w+)\}/g;

export class Messages {
  #full: Compile | null = null;
  #loading = false;

  /** `onLoaded` is told when texts that were shown as they are can be shown better. */
  constructor(
    private readonly load: () => Promise<Compile>,
    private readonly onLoaded: () => void,
  ) {}

  compile: Compile = (message) => {
    if (this.#full) return this.#full(message);
    const plain = simple(message);
    if (plain === null) void this.#fetch();
    return plain ?? [message];
  };

  async #fetch(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    this.#full = await this.load();
    this.onLoaded();
  }
}

/** The pieces of a text with nothing but names in braces; null for anything more. */
export function simple(message: string): CompiledMessage | null {
  const rest = message.replaceAll(PLACE, "");
  if (/[{}#]|''|'[{}]/.test(rest)) return null;
  const pieces: (string | [string])[] = [];
  let from = 0;
  for (const found of message.matchAll(PLACE)) {
    if (found.index > from) pieces.push(message.slice(from, found.index));
    pieces.push([found[1] ?? ""]);
    from = found.index + found[0].length;
  }
  if (pieces.length === 0) return [message];
  if (from < message.length) pieces.push(message.slice(from));
  return pieces;
}
