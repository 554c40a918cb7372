import type { ConnectionLineComponentProps } from "@xyflow/react";
import { track } from "~/core/layout/track";

/** The track that is being drawn: in the colour of the signal, with a buffer at its end. */
export function ConnectionTrack({ fromX, fromY, toX, toY, fromHandle }: ConnectionLineComponentProps) {
  const [from, to] = [
    { x: fromX, y: fromY },
    { x: toX, y: toY },
  ];
  const { path } = fromHandle.type === "source" ? track(from, to) : track(to, from);
  return (
    <g>
      <path d={path} fill="none" stroke="var(--signal)" strokeWidth={3} />
      <circle cx={toX} cy={toY} r={7} fill="var(--signal)" />
    </g>
  );
}
