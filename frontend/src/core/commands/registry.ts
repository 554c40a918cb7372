/**
 * One list of everything that can be done here and now. Tool bars, menus, shortcuts and the palette read it; rooms add
 * to it while they are shown.
 */
export interface Command {
  id: string;
  label: () => string;
  group: "go" | "edit" | "canvas" | "run" | "view";
  /** Shortcuts: `mod+k`, `shift+t`, or a sequence: `g w`. */
  keys?: string[];
  /** Other words that the palette finds it by. */
  also?: string;
  enabled?: () => boolean;
  run: () => void;
}

const PATIENCE_MS = 10_000;

export class CommandRegistry {
  #commands: readonly Command[] = [];
  #wanted: { id: string; since: number } | null = null;
  readonly #listeners = new Set<() => void>();

  /** Add commands; a command with an id that is known replaces the older one until it is taken away again. */
  add(commands: readonly Command[]): () => void {
    this.#set([...this.#commands, ...commands]);
    const wanted = this.#wanted;
    if (wanted && commands.some(({ id }) => id === wanted.id)) {
      this.#wanted = null;
      if (Date.now() - wanted.since < PATIENCE_MS) queueMicrotask(() => this.run(wanted.id));
    }
    return () => this.#set(this.#commands.filter((command) => !commands.includes(command)));
  }

  list = (): readonly Command[] => this.#commands;

  find(id: string): Command | undefined {
    return this.#commands.findLast((command) => command.id === id);
  }

  /** Whether it was run. What is not there yet, because its part of the app is on its way, is run when it comes. */
  run(id: string): boolean {
    const command = this.find(id);
    this.#wanted = command ? null : { id, since: Date.now() };
    if (!command || command.enabled?.() === false) return false;
    command.run();
    return true;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(commands: readonly Command[]): void {
    this.#commands = commands;
    for (const listener of this.#listeners) listener();
  }
}

export const commands = new CommandRegistry();
