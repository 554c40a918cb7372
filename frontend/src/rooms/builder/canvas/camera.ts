/** Moves what is seen of the canvas, for commands that are not part of it. */
import type { ReactFlowInstance } from "@xyflow/react";
import type { Session } from "../session/session";

const MOVE_MS = 200;

export class Camera {
  #flow: ReactFlowInstance | null = null;

  attach(flow: ReactFlowInstance): () => void {
    this.#flow = flow;
    return () => {
      this.#flow = null;
    };
  }

  fit(ids?: Iterable<string>): void {
    const nodes = ids ? [...ids].map((id) => ({ id })) : undefined;
    void this.#flow?.fitView({ padding: 0.12, maxZoom: 1, duration: MOVE_MS, ...(nodes && { nodes }) });
  }

  actual(): void {
    void this.#flow?.zoomTo(1, { duration: MOVE_MS });
  }

  /** The middle of what is seen. */
  middle(): { x: number; y: number } {
    const box = document.querySelector(".react-flow")?.getBoundingClientRect();
    if (!box || !this.#flow) return { x: 96, y: 144 };
    return this.#flow.screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
  }
}

const cameras = new WeakMap<Session, Camera>();

export function cameraOf(session: Session): Camera {
  const camera = cameras.get(session) ?? new Camera();
  cameras.set(session, camera);
  return camera;
}
