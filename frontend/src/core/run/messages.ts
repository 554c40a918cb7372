/** Messages of the live stream, as the server sends them (`docs/how-to/watch-a-run.md`). */
import type { components } from "~/api/schema";

type Schemas = components["schemas"];

export type Message = Schemas["StreamMessage"];
export type NodeUpdate = Schemas["NodeUpdateMessage"];
export type Step = Schemas["StepMessage"];
export type Line = Schemas["LogLine"];
export type Used = Schemas["Used"];

/** Where a viewer stands in the log of a run. */
export interface Cursor {
  seq: number;
  part: number;
}

export const START: Cursor = { seq: 0, part: 0 };
export const shownCursor = ({ seq, part }: Cursor): string => (seq === 0 ? "0" : `${seq}.${part}`);
export const isBehind = (message: Cursor, cursor: Cursor): boolean =>
  cursor.seq > 0 && (message.seq < cursor.seq || (message.seq === cursor.seq && message.part <= cursor.part));
