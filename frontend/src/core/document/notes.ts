/** Notes on the canvas: text for people, of which a run knows nothing. They stand in the document beside the nodes. */
import { type Document, isObject, type Point } from "./document";
import { type Edit, freeId } from "./edit";

export interface Note extends Point {
  id: string;
  text: string;
}

export const NOTE_SIZE = { width: 204, height: 120 };
const MARK = "note:";

/** What the canvas calls a note, among nodes. */
export const canvasId = (id: string): string => MARK + id;
export const noteId = (canvas: string): string | null => (canvas.startsWith(MARK) ? canvas.slice(MARK.length) : null);

export function notesOf(document: Document): Note[] {
  const { notes } = document;
  return Array.isArray(notes) ? notes.filter(isNote) : [];
}

function isNote(value: unknown): value is Note {
  return isObject(value) && typeof value.id === "string" && typeof value.x === "number" && typeof value.y === "number";
}

export const addNote =
  (at: Point): Edit =>
  (draft) => {
    const notes = notesOf(draft);
    const id = freeId(new Set(notes.map((note) => note.id)), "note");
    draft.notes = [...notes, { id, x: at.x, y: at.y, text: "" }];
  };

export const writeNote =
  (id: string, text: string): Edit =>
  (draft) => {
    draft.notes = notesOf(draft).map((note) => (note.id === id ? { ...note, text } : note));
  };

export const moveNotes =
  (places: ReadonlyMap<string, Point>): Edit =>
  (draft) => {
    draft.notes = notesOf(draft).map((note) => ({ ...note, ...places.get(note.id) }));
  };

export const removeNotes =
  (ids: ReadonlySet<string>): Edit =>
  (draft) => {
    draft.notes = notesOf(draft).filter((note) => !ids.has(note.id));
  };
