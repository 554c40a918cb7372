/** Shortcuts: from key presses to names (`mod+shift+z`, `g w`), and from names to what people read (`⇧⌘Z`). */
import type { Command } from "./registry";

export const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

const SEQUENCE_MS = 1_000;
const SHOWN: Record<string, string> = {
  mod: isMac ? "⌘" : "Ctrl ",
  shift: isMac ? "⇧" : "Shift ",
  alt: isMac ? "⌥" : "Alt ",
  enter: "↵",
  escape: "Esc",
  delete: "Del",
};

/** The name of a key press, as it stands in `keys`. */
export function nameOf(event: KeyboardEvent): string {
  const key = event.key.toLowerCase();
  const shifted = event.shiftKey && (key.length > 1 || /\p{L}/u.test(key));
  return [
    (isMac ? event.metaKey : event.ctrlKey) ? "mod+" : "",
    event.altKey ? "alt+" : "",
    shifted ? "shift+" : "",
    key,
  ].join("");
}

/** What people read on a key cap. */
export function shown(keys: string): string {
  return keys
    .split(" ")
    .map((press) =>
      press
        .split("+")
        .map((part) => SHOWN[part] ?? part.toUpperCase())
        .join(""),
    )
    .join(" ");
}

/** Whether a key press belongs to what is being written. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Finds the command of a key press; remembers the first key of a sequence for a moment. */
export class Shortcuts {
  #first = "";
  #at = 0;

  match(event: KeyboardEvent, list: readonly Command[], now = Date.now()): Command | undefined {
    const press = nameOf(event);
    if (isTyping(event.target) && !/^(?:mod\+|alt\+)/.test(press)) return undefined;
    const sequence = this.#first && now - this.#at < SEQUENCE_MS ? `${this.#first} ${press}` : "";
    const found = list.findLast(
      (command) => command.keys?.some((keys) => keys === sequence || keys === press) && command.enabled?.() !== false,
    );
    this.#first = found ? "" : press;
    this.#at = now;
    return found;
  }
}
