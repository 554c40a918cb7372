import { type EdgeProps, EdgeLabelRenderer } from "@xyflow/react";
import { t } from "@lingui/core/macro";
import { Plus } from "lucide-react";
import { memo } from "react";
import { titleOf } from "~/core/document/document";
import { track } from "~/core/layout/track";
import { type TrackState, trackState } from "~/core/run/tracks";
import { useActivation, useDocument, useSession, useShownRun } from "../session/hooks";
import type { CanvasEdge } from "./convert";

const LOOKS: Record<TrackState | "selected", { stroke: string; width: number; dash?: string }> = {
  idle: { stroke: "var(--track)", width: 2 },
  taken: { stroke: "var(--s-ok)", width: 3 },
  live: { stroke: "var(--track-live)", width: 4, dash: "8 5" },
  untaken: { stroke: "var(--track)", width: 1.5, dash: "2 5" },
  selected: { stroke: "var(--ink)", width: 3 },
};

/** A line between two nodes. In a run: thick where it was taken, dotted where it was not. */
export const Track = memo(function Track(props: EdgeProps<CanvasEdge>) {
  const { id, source, target, sourceX, sourceY, targetX, targetY, selected = false, data } = props;
  const edge = useDocument((document) => document.edges.find((one) => one.id === id));
  const [from, to] = [useActivation(source), useActivation(target)];
  const running = useShownRun() !== null;
  if (!edge) return null;
  const state = running ? trackState(edge, from, to) : "idle";
  const look = LOOKS[selected ? "selected" : state];
  const { path, middle } = track({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, data?.lane ?? 0);
  return (
    <>
      <path
        d={path}
        fill="none"
        stroke={look.stroke}
        strokeWidth={look.width}
        strokeDasharray={look.dash}
        strokeLinejoin="round"
        data-track={state}
      />
      <path d={path} fill="none" stroke="transparent" strokeWidth={18} className="react-flow__edge-interaction" />
      {selected && !running ? (
        <AddButton edgeId={id} x={middle.x} y={middle.y} source={source} target={target} />
      ) : null}
    </>
  );
});

function AddButton(props: { edgeId: string; x: number; y: number; source: string; target: string }) {
  const { view } = useSession();
  const from = useDocument((document) =>
    titleOf(document.nodes.find((node) => node.id === props.source) ?? { id: "" }),
  );
  const to = useDocument((document) => titleOf(document.nodes.find((node) => node.id === props.target) ?? { id: "" }));
  return (
    <EdgeLabelRenderer>
      <button
        type="button"
        aria-label={t`Add between ${from} and ${to}`}
        className="nodrag nopan pointer-events-auto absolute grid size-6 place-items-center rounded-full border border-ink bg-panel text-ink [&_svg]:size-3.5"
        style={{ transform: `translate(-50%, -50%) translate(${props.x}px, ${props.y}px)` }}
        onClick={(event) =>
          view.setState({
            adding: {
              at: { x: props.x + 24, y: props.y - 24 },
              screen: { x: event.clientX, y: event.clientY },
              from: null,
              into: props.edgeId,
            },
          })
        }
      >
        <Plus aria-hidden />
      </button>
    </EdgeLabelRenderer>
  );
}
