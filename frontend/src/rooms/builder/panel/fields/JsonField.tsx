import { t } from "@lingui/core/macro";
import { useState } from "react";
import type { Json } from "~/core/document/document";
import { CONTROL } from "~/ui/Field";
import type { FieldProps } from "./props";

/** Any value, as JSON: what no other editor is known for, so that nothing is uneditable. */
export function JsonField({ id, value, onChange, invalid }: FieldProps) {
  const written = value === undefined ? "" : JSON.stringify(value, null, 2);
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? written;
  const wrong = typed !== null && read(typed) === BROKEN;
  return (
    <>
      <textarea
        id={id}
        rows={Math.min(12, Math.max(2, text.split("\n").length))}
        spellCheck={false}
        className={`py-2 font-mono text-xs! ${CONTROL}`}
        aria-invalid={invalid || wrong || undefined}
        aria-describedby={`${id}-help`}
        value={text}
        onChange={(event) => {
          setTyped(event.target.value);
          const next = read(event.target.value);
          if (next !== BROKEN) onChange(next);
        }}
        onBlur={() => {
          if (!wrong) setTyped(null);
        }}
      />
      {wrong ? <p className="text-xs font-semibold text-fail">{t`This is not JSON yet.`}</p> : null}
    </>
  );
}

const BROKEN = Symbol("broken");

function read(text: string): Json | undefined | typeof BROKEN {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return BROKEN;
  }
}
