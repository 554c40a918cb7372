import type { ComponentProps } from "react";

/** A small switch in a row of them. */
export function Chip({ pressed, className = "", ...rest }: ComponentProps<"button"> & { pressed: boolean }) {
  const look = pressed ? "border-line-2 bg-panel-3" : "border-line-2 bg-panel hover:bg-panel-2";
  return (
    <button
      type="button"
      aria-pressed={pressed}
      className={`inline-flex h-[26px] shrink-0 items-center gap-1.5 rounded-ctl border px-[9px] text-xs font-semibold whitespace-nowrap ${look} ${className}`}
      {...rest}
    />
  );
}
