/**
 * A run as it looks from inside of a sub-workflow. The stream calls the nodes in there `<key of its node>/<id>`; seen from
 * inside they have the ids that they have in their own document.
 */
import type { Message } from "./messages";

export class Inside {
  readonly #prefix: string;
  #output: unknown = null;

  /** `within` is the key of the node that runs the workflow: `germany`, or `europe/germany` two levels down. */
  constructor(private readonly within: string) {
    this.#prefix = `${within}/`;
  }

  /** What the messages say about the inside; what is about other nodes is left out. */
  of(messages: readonly Message[]): Message[] {
    return messages.flatMap((message): Message[] => {
      switch (message.type) {
        case "node_update":
          if (message.node_id === this.within) this.#output = message.node_state.output ?? null;
          return this.#own(message);
        case "token":
        case "step":
          return this.#own(message);
        case "log": {
          const { log } = message;
          const id = this.#idOf(log.node_id ?? "");
          return id ? [{ ...message, log: { ...log, node_id: id } }] : [];
        }
        case "completion":
          return [{ ...message, result: { ...message.result, result: this.#output } }];
        default:
          return [message];
      }
    });
  }

  #own<M extends Message & { node_id: string }>(message: M): M[] {
    const id = this.#idOf(message.node_id);
    return id ? [{ ...message, node_id: id }] : [];
  }

  #idOf(key: string): string {
    return key.startsWith(this.#prefix) ? key.slice(this.#prefix.length) : "";
  }
}
