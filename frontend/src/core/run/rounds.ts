/** Counts the rounds of containers as activations in them begin and end, without going over them again. */
import type { Activation, ActivationStatus } from "./activation";

interface Container {
  /** Round to how many activations in it are not over. */
  open: Map<string, number>;
  ended: number;
  failed: Set<string>;
}

export interface RoundCount {
  begun: number;
  ended: number;
  failed: number;
}

const NONE: RoundCount = { begun: 0, ended: 0, failed: 0 };

export const isOver = (status: ActivationStatus): boolean =>
  !["running", "waiting", "paused", "pending"].includes(status);

/** `loop[2]` is a round of `loop`. */
export const containerOf = (round: string): string => round.replace(/\[\d+\]$/, "");

export class Rounds {
  readonly #containers = new Map<string, Container>();

  of(containerId: string): RoundCount {
    const found = this.#containers.get(containerId);
    return found ? { begun: found.open.size, ended: found.ended, failed: found.failed.size } : NONE;
  }

  /** An activation is now as `after`; before it was as `before`, or had not begun. */
  change(before: Activation | undefined, after: Activation): void {
    for (const round of after.path) {
      const id = containerOf(round);
      const container = this.#containers.get(id) ?? {
        open: new Map<string, number>(),
        ended: 0,
        failed: new Set<string>(),
      };
      this.#containers.set(id, container);
      const was = container.open.get(round);
      const step = Number(!isOver(after.status)) - Number(before !== undefined && !isOver(before.status));
      const now = (was ?? 0) + step;
      container.open.set(round, now);
      if (was === undefined ? now === 0 : was > 0 && now === 0) container.ended += 1;
      else if (was === 0 && now > 0) container.ended -= 1;
      if (after.status === "failed") container.failed.add(round);
      else if (before?.status === "failed") container.failed.delete(round);
    }
  }
}
