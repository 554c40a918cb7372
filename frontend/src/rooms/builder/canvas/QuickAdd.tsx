import { t } from "@lingui/core/macro";
import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { match } from "~/core/commands/search";
import { nodeOf, titleOf } from "~/core/document/document";
import { Tile } from "~/ui/Tile";
import { useSession, useView } from "../session/hooks";
import { usePieces } from "../pieces";
import { addAfter, addAt, addInto, type Wanted } from "./adding";

/** A small list at the place where something is being added. */
export function QuickAdd() {
  const adding = useView((state) => state.adding);
  return adding ? <Box key={`${adding.at.x} ${adding.at.y}`} adding={adding} /> : null;
}

type Adding = NonNullable<ReturnType<ReturnType<typeof useSession>["view"]["getState"]>["adding"]>;

function Box({ adding }: { adding: Adding }) {
  const session = useSession();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const from = adding.from ? nodeOf(session.documents.get(), adding.from.node) : undefined;
  const list = usePieces()
    .filter((piece) => !((from || adding.into) && piece.wanted.type === "start"))
    .filter((piece) => !(adding.into && piece.wanted.type === "end"))
    .flatMap((piece) => {
      const hit = match(query, piece.label);
      return hit ? [{ piece, score: hit.score }] : [];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ piece }) => piece);
  const close = () => session.view.setState({ adding: null });
  const add = (wanted: Wanted | undefined) => {
    if (!wanted) return;
    close();
    if (adding.into) addInto(session, wanted, adding.into, adding.at);
    else if (adding.from) {
      const corner = parentCorner(session, adding.from.node);
      addAfter(session, wanted, adding.from.node, adding.from.port, {
        x: adding.at.x - corner.x,
        y: adding.at.y - corner.y - 26,
      });
    } else addAt(session, wanted, adding.at);
  };
  useEffect(() => {
    const onPointerDown = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) session.view.setState({ adding: null });
    };
    document.addEventListener("pointerdown", onPointerDown, true);
    return () => document.removeEventListener("pointerdown", onPointerDown, true);
  }, [session]);
  const title = from ? t`Add after ${titleOf(from)}` : t`Add a node or tool`;
  return (
    <div
      ref={box}
      role="dialog"
      aria-label={title}
      className="fixed z-30 w-72 rounded-panel border border-line-2 bg-panel shadow-node"
      style={{
        left: Math.max(8, Math.min(adding.screen.x + 8, innerWidth - 300)),
        top: Math.max(56, Math.min(adding.screen.y - 16, innerHeight - 380)),
      }}
    >
      <div className="flex h-10 items-center gap-2 border-b border-line px-3">
        <Search className="size-4 text-ink-3" aria-hidden />
        <input
          // It was opened by a gesture of adding: what is typed belongs here.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls="quick-add"
          aria-activedescendant={list[chosen] ? `quick-${chosen}` : undefined}
          aria-label={title}
          placeholder={title}
          className="min-w-0 flex-1 bg-transparent outline-none"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setChosen(0);
          }}
          onKeyDown={(event) => {
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (step) {
              event.preventDefault();
              setChosen((chosen + step + list.length) % Math.max(1, list.length));
            } else if (event.key === "Enter") {
              event.preventDefault();
              add(list[chosen]?.wanted);
            } else if (event.key === "Escape") {
              event.stopPropagation();
              close();
            }
          }}
        />
      </div>
      <div id="quick-add" role="listbox" aria-label={title} className="max-h-80 overflow-auto p-1.5">
        {list.map((piece, index) => (
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are those of the search box
          <div
            key={piece.id}
            id={`quick-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            ref={(element) => {
              if (index === chosen) element?.scrollIntoView({ block: "nearest" });
            }}
            className="flex h-8 cursor-pointer items-center gap-2.5 rounded-ctl px-2 aria-selected:bg-panel-3"
            onMouseMove={() => setChosen(index)}
            onClick={() => add(piece.wanted)}
          >
            <Tile type={piece.wanted.type} size="small" />
            <span className="min-w-0 flex-1 truncate font-semibold">{piece.label}</span>
            <span className="text-xs text-ink-3">{piece.note}</span>
          </div>
        ))}
        {list.length === 0 ? <p className="p-3 text-center text-ink-3">{t`Nothing is called that.`}</p> : null}
      </div>
    </div>
  );
}

function parentCorner(session: ReturnType<typeof useSession>, id: string): { x: number; y: number } {
  const document = session.documents.get();
  const corner = { x: 0, y: 0 };
  let parent = nodeOf(document, nodeOf(document, id)?.parent);
  for (let depth = 0; parent && depth < 32; depth += 1) {
    corner.x += parent.position?.x ?? 0;
    corner.y += parent.position?.y ?? 0;
    parent = nodeOf(document, parent.parent);
  }
  return corner;
}
