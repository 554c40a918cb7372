import { t } from "@lingui/core/macro";
import { Search, Wrench } from "lucide-react";
import { type DragEvent, useState } from "react";
import { match } from "~/core/commands/search";
import { Keys } from "~/ui/Keys";
import { Tile } from "~/ui/Tile";
import { addAt, DRAGGED, type Wanted } from "./canvas/adding";
import { cameraOf } from "./canvas/camera";
import { type Piece, useNodePieces, useToolPieces } from "./pieces";
import { useSession } from "./session/hooks";
import { freeSpot } from "./canvas/spot";

/** What can be put on the canvas: by dragging, by a click, or by typing its name. */
export function Palette() {
  const [query, setQuery] = useState("");
  const nodes = useNodePieces().filter((piece) => match(query, piece.label));
  const tools = useToolPieces().filter((piece) => match(query, piece.label));
  return (
    <aside aria-label={t`Palette`} className="flex min-h-0 flex-col border-e border-line bg-panel">
      <div className="px-3 pt-2.5 pb-2">
        <label className="flex h-8 items-center gap-2 rounded-ctl border border-ctl px-2.5 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus">
          <Search className="size-4 shrink-0 text-ink-2" aria-hidden />
          <input
            id="palette-search"
            type="text"
            aria-label={t`Add a node or tool`}
            placeholder={t`Add a node or tool`}
            className="min-w-0 flex-1 bg-transparent outline-none"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
          <Keys keys="/" />
        </label>
      </div>
      <div className="min-h-0 flex-1 overflow-auto">
        <ul aria-label={t`Nodes`} className="grid grid-cols-2 gap-1.5 px-3 pb-3">
          {nodes.map((piece) => (
            <li key={piece.id}>
              <NodeButton piece={piece} />
            </li>
          ))}
        </ul>
        <div className="border-t border-line px-3 py-2.5">
          <div className="cap mb-1 flex justify-between">
            <h2>{t`Tools`}</h2>
            <span>{tools.length}</span>
          </div>
          <ul aria-label={t`Tools`}>
            {tools.map((piece) => (
              <li key={piece.id}>
                <ToolButton piece={piece} />
              </li>
            ))}
          </ul>
        </div>
      </div>
    </aside>
  );
}

function useAdd(wanted: Wanted) {
  const session = useSession();
  return {
    draggable: true,
    onDragStart: (event: DragEvent) => {
      event.dataTransfer.setData(DRAGGED, JSON.stringify(wanted));
      event.dataTransfer.effectAllowed = "copy";
    },
    onClick: () => {
      addAt(session, wanted, freeSpot(session, cameraOf(session).middle()));
    },
  };
}

function NodeButton({ piece }: { piece: Piece }) {
  return (
    <button
      type="button"
      className="flex h-9 w-full cursor-grab items-center gap-1.5 rounded-ctl border border-line px-[5px] text-start hover:border-line-2 hover:bg-panel-2"
      {...useAdd(piece.wanted)}
    >
      <Tile type={piece.wanted.type} />
      <span className="min-w-0 truncate text-[12.5px] font-semibold tracking-[-0.01em]">{piece.label}</span>
    </button>
  );
}

function ToolButton({ piece }: { piece: Piece }) {
  return (
    <button
      type="button"
      className="flex h-[30px] w-full cursor-grab items-center gap-2.5 rounded-ctl px-0.5 text-start hover:bg-panel-2"
      {...useAdd(piece.wanted)}
    >
      <Wrench className="size-4 shrink-0 text-k-tool" aria-hidden />
      <span className="min-w-0 flex-1 truncate font-mono text-xs">{piece.label}</span>
      <span className="text-[11px] text-ink-3">{piece.note}</span>
    </button>
  );
}
