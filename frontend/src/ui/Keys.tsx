import { shown } from "~/core/commands/keys";

/** A key cap; `bare` when it stands on a dark button. */
export function Keys({ keys, bare = false }: { keys: string; bare?: boolean }) {
  const look = bare ? "border-current/40 bg-transparent text-inherit" : "border-line-2 bg-panel text-ink-3";
  return (
    <kbd
      className={`inline-block min-w-5 rounded-chip border border-b-2 px-[5px] text-center font-sans text-[11px]/[17px] font-semibold ${look}`}
    >
      {shown(keys)}
    </kbd>
  );
}
