import type { ReactNode } from "react";

/** The title of a part, what it is about, and the one thing to do in it. */
export function Heading({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
      <div className="min-w-60 flex-1">
        <h2 className="text-xl/[1.3] font-bold">{title}</h2>
        {children ? <p className="mt-1 text-[12.5px] text-ink-3">{children}</p> : null}
      </div>
      {action}
    </div>
  );
}

export function SubHeading({ id, title, children }: { id: string; title: string; children?: ReactNode }) {
  return (
    <div className="mt-[30px] flex flex-wrap items-baseline gap-x-2.5">
      <h3 id={id} className="text-base font-[650]">
        {title}
      </h3>
      {children ? <p className="text-xs text-ink-3">{children}</p> : null}
    </div>
  );
}
