import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";

interface Props {
  title: string;
  /** The room that this page belongs to. */
  parent?: { to: string; label: string };
  /** What stands between that room and this page. */
  trail?: ReactNode;
  /** Stands beside the title. */
  notes?: ReactNode;
  /** Views of the same thing, in the middle. */
  tabs?: ReactNode;
  actions?: ReactNode;
  /** Instead of a plain title, for one that can be edited. */
  heading?: ReactNode;
}

/** The bar over every room: where you are, what you can do. */
export function TopBar({ title, parent, trail, notes, tabs, actions, heading }: Props) {
  useEffect(() => {
    document.title = `${title} · Pointwork`;
  }, [title]);
  return (
    <header className="z-10 flex h-12 shrink-0 items-center gap-2.5 border-b border-line bg-panel px-3.5">
      <div className="flex min-w-0 flex-1 items-center gap-2.5">
        {parent ? (
          <>
            <Link to={parent.to} className="text-ink-3 hover:text-ink max-md:hidden">
              {parent.label}
            </Link>
            <span className="text-ink-3 max-md:hidden" aria-hidden>
              /
            </span>
          </>
        ) : null}
        {trail}
        {heading ?? <h1 className="truncate text-sm font-[650]">{title}</h1>}
        {notes}
      </div>
      {tabs}
      <div className="flex min-w-0 flex-1 items-center justify-end gap-2">{actions}</div>
    </header>
  );
}
