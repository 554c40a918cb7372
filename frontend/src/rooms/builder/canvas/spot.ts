import { nodeOf, placeOf, type Point } from "~/core/document/document";
import { GRID, sizesOf } from "~/core/layout/sizes";
import type { Session } from "../session/session";

/** Where a node that was clicked goes: right of the selected one, else near the middle, and on nothing else. */
export function freeSpot(session: Session, middle: Point): Point {
  const document = session.documents.get();
  const sizes = sizesOf(document, session.catalogue.types, true);
  const [last] = session.view.getState().selected;
  const beside = nodeOf(document, last);
  const rightmost = beside && !beside.parent ? beside : document.nodes.filter((node) => !node.parent).at(-1);
  const spot = rightmost
    ? { x: placeOf(rightmost).x + (sizes.get(rightmost.id)?.width ?? 216) + 3 * GRID, y: placeOf(rightmost).y }
    : { x: middle.x - 260, y: middle.y - 60 };
  const overlaps = () =>
    document.nodes.some((node) => {
      if (node.parent) return false;
      const [at, size] = [placeOf(node), sizes.get(node.id)];
      return (
        size && spot.x < at.x + size.width && at.x < spot.x + 216 && spot.y < at.y + size.height && at.y < spot.y + 92
      );
    });
  while (overlaps()) spot.y += 5 * GRID;
  return spot;
}
