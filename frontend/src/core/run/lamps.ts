/** The lamp that an activation or a run shows. */
import type { ActivationStatus } from "./activation";

export type Lit =
  | "idle"
  | "queued"
  | "running"
  | "succeeded"
  | "failed"
  | "waiting"
  | "paused"
  | "cancelled"
  | "skipped";

export function lampOf(status: ActivationStatus | undefined): Lit {
  switch (status) {
    case undefined:
      return "idle";
    case "pending":
      return "queued";
    case "completed":
      return "succeeded";
    default:
      return status;
  }
}
