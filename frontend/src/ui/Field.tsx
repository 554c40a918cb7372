import type { ReactNode } from "react";

interface Props {
  id: string;
  label: string;
  help?: string;
  error?: string | undefined;
  /** What can be done about the error. */
  fix?: ReactNode;
  /** At the end of the line of the label. */
  note?: ReactNode;
  children: ReactNode;
}

/** A labelled control with its help and what is wrong with it. */
export function FieldRow({ id, label, help, error, fix, note, children }: Props) {
  return (
    <div className="flex flex-col gap-[5px]">
      <div className="flex items-baseline gap-1.5">
        <label htmlFor={id} className="flex-1 text-[12.5px] font-semibold">
          {label}
        </label>
        {note ? <span className="text-[11.5px] text-ink-3">{note}</span> : null}
      </div>
      {children}
      {error ? (
        <p id={`${id}-error`} role="alert" className="text-xs font-semibold text-fail">
          {error}
        </p>
      ) : null}
      {fix}
      {help ? (
        <p id={`${id}-help`} className="text-xs text-ink-3">
          {help}
        </p>
      ) : null}
    </div>
  );
}

export const CONTROL =
  "w-full rounded-ctl border border-ctl bg-panel px-2.5 text-[13px] aria-invalid:border-fail disabled:opacity-60";
