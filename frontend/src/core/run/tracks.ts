/** Whether a track was taken in a run: by the source's status and the outlet that it went on by. */
import { type DocumentEdge, isObject, portOf } from "../document/document";
import type { Activation } from "./activation";

export type TrackState = "idle" | "taken" | "live" | "untaken";

export function trackState(
  edge: DocumentEdge,
  source: Activation | undefined,
  target: Activation | undefined,
): TrackState {
  if (!source || source.status === "pending") return "idle";
  const port = portOf(edge);
  switch (source.status) {
    case "skipped":
    case "cancelled":
      return "untaken";
    case "failed":
      return port === "error" ? "taken" : "untaken";
    case "completed":
      if (!goesBy(source, port)) return "untaken";
      // A loop that was drawn: the source is of an older round than what it led to.
      return target && ["running", "waiting"].includes(target.status) ? "live" : "taken";
    default:
      return "idle";
  }
}

function goesBy({ output }: Activation, port: string): boolean {
  if (port === "error") return false;
  if (port === "out") return true;
  const chosen = isObject(output) ? (output.branch ?? output.choice) : output;
  return chosen === undefined || chosen === null || String(chosen) === port;
}
