import { t } from "@lingui/core/macro";
import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { noteId, notesOf, writeNote } from "~/core/document/notes";
import { useDocument, useSession } from "../session/hooks";
import type { CanvasNode } from "./convert";

/** A slip of paper on the canvas. */
export const NoteCard = memo(function NoteCard({ id, selected }: NodeProps<CanvasNode>) {
  const { documents } = useSession();
  const own = noteId(id) ?? "";
  const text = useDocument((document) => notesOf(document).find((note) => note.id === own)?.text ?? "");
  return (
    <div
      className={`h-full rounded-[2px] bg-[#fff0c2] p-2.5 text-[#3a2e0a] shadow-[0_1px_0_rgb(0_0_0/0.15)] ${selected ? "outline-2 outline-offset-2 outline-ink" : ""}`}
    >
      <textarea
        dir="auto"
        aria-label={t`Note`}
        placeholder={t`Write a note`}
        className={`nodrag nowheel size-full resize-none bg-transparent text-[12.5px] text-[#3a2e0a] outline-none placeholder:text-[#6b5a25] ${selected ? "" : "pointer-events-none"}`}
        value={text}
        onChange={(event) => documents.edit(writeNote(own, event.target.value), `note.${own}`)}
      />
    </div>
  );
});
