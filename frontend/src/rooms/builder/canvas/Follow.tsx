import { useReactFlow, useStore } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { useRunVersion, useShownRun, useView } from "../session/hooks";

const MOVE_MS = 200;

/** Keeps the node that works, or that the run is paused at, in view, until somebody pans. */
export function Follow() {
  const flow = useReactFlow();
  const follow = useView((state) => state.follow);
  const live = useShownRun()?.live;
  const running = live !== undefined;
  // The room changes when the panels fold, and when the dock opens.
  const room = useStore((state) => (running ? state.height : 0));
  const version = useRunVersion();
  const shown = useRef<string | null>(null);
  const before = useRef<string | null>(null);
  const current = useRef(flow);
  useEffect(() => {
    current.current = flow;
  }, [flow]);
  useEffect(() => {
    const now = `${running} ${room}`;
    if (before.current === now || (!running && before.current === null)) {
      before.current = now;
      return undefined;
    }
    before.current = now;
    // The panels have folded or opened: show everything in the room that there is now.
    const timer = setTimeout(() => void current.current.fitView({ padding: 0.12, maxZoom: 1, duration: 200 }), 60);
    return () => clearTimeout(timer);
  }, [running, room]);
  useEffect(() => {
    const { status, pause } = live?.head ?? {};
    if (!live || !follow || (status !== "running" && !pause)) return;
    const working = [...live.activations.values()].findLast((one) => one.status === "running");
    const id = pause?.key ?? working?.nodeId;
    if (!id || id === shown.current) return;
    shown.current = id;
    const node = flow.getInternalNode(id);
    const pane = document.querySelector(".react-flow");
    if (!node || !pane) return;
    const { x, y } = node.internals.positionAbsolute;
    const { width, height } = node.measured;
    const [corner, end] = [
      flow.flowToScreenPosition({ x, y }),
      flow.flowToScreenPosition({ x: x + (width ?? 0), y: y + (height ?? 0) }),
    ];
    const box = pane.getBoundingClientRect();
    const inView = corner.x > box.left && end.x < box.right && corner.y > box.top && end.y < box.bottom;
    if (!inView) {
      void flow.setCenter(x + (width ?? 0) / 2, y + (height ?? 0) / 2, { zoom: flow.getZoom(), duration: MOVE_MS });
    }
  }, [live, follow, version, flow]);
  return null;
}
