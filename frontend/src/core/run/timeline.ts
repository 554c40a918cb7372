/** The bars of the timeline: when each activation ran, and the calls within it. */
import type { Activation, ActivationStatus } from "./activation";
import type { LiveRun } from "./live";

export interface Bar {
  key: string;
  nodeId: string;
  /** Of a call within an activation: what was called. */
  call: string | null;
  round: string;
  depth: number;
  status: ActivationStatus;
  start: number;
  end: number | null;
}

const MOST_BARS = 2_000;

export function barsOf(live: LiveRun): Bar[] {
  const bars: Bar[] = [];
  for (const activation of live.activations.values()) {
    if (activation.startedAt === null) continue;
    bars.push(barOf(activation));
    for (const step of activation.steps) {
      // A node that is one call is not drawn twice.
      if (step.kind === "model" || activation.steps.length < 2) continue;
      bars.push({
        ...barOf(activation),
        key: `${activation.key} ${step.key}`,
        call: step.name,
        depth: activation.path.length + 1,
        status: step.status === "started" ? "running" : step.status,
        start: step.startedAt,
        end: step.endedAt,
      });
    }
  }
  return bars.sort((a, b) => a.start - b.start).slice(0, MOST_BARS);
}

function barOf({ key, nodeId, path, status, startedAt, endedAt }: Activation): Bar {
  return {
    key,
    nodeId,
    call: null,
    round: roundOf(path),
    depth: path.length,
    status,
    start: startedAt ?? 0,
    end: endedAt,
  };
}

/** `loop[2]` is round 3, for people. */
function roundOf(path: readonly string[]): string {
  return path.map((part) => Number(/\[(\d+)\]$/.exec(part)?.[1] ?? 0) + 1).join("·");
}

/** Marks of the scale: from five to twelve, at round numbers. */
export function ticks(spanMs: number, wanted = 7): number[] {
  const rough = spanMs / wanted;
  const size = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  const step = [1, 2, 5, 10].map((factor) => factor * size).find((one) => one >= rough) ?? size * 10;
  const marks: number[] = [];
  for (let at = 0; at <= spanMs; at += step) marks.push(at);
  return marks;
}
