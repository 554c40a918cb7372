import { t } from "@lingui/core/macro";
import { isObject, type Json } from "~/core/document/document";
import { CONTROL, FieldRow } from "~/ui/Field";

/** A fact as it is typed. */
export interface FactText {
  text: string;
  importance: number;
  /** JSON; empty: none. */
  metadata: string;
}

export const USUAL_FACT: FactText = { text: "", importance: 0.5, metadata: "" };

/** As the server takes it; raises when the metadata is not an object. */
export function read({ text, importance, metadata }: FactText) {
  let data: Json = {};
  try {
    data = metadata.trim() ? (JSON.parse(metadata) as Json) : {};
  } catch {
    throw new Error(t`The metadata is not JSON.`);
  }
  if (!isObject(data)) throw new Error(t`The metadata must be an object, such as {"source": "call"}.`);
  return { fact: text.trim(), importance, metadata: data };
}

interface Props {
  id: string;
  fact: FactText;
  onChange: (fact: FactText) => void;
}

const STEP = 0.05;

export function FactFields({ id, fact, onChange }: Props) {
  return (
    <>
      <FieldRow id={`${id}-text`} label={t`Fact`} help={t`One sentence that can be understood by itself.`}>
        <textarea
          id={`${id}-text`}
          rows={3}
          dir="auto"
          required
          aria-describedby={`${id}-text-help`}
          // Whoever opens this form wants to write it.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          className={`py-2 text-[15px]/[1.5]! ${CONTROL}`}
          value={fact.text}
          onChange={({ target }) => onChange({ ...fact, text: target.value })}
        />
      </FieldRow>
      <FieldRow
        id={`${id}-importance`}
        label={t`Importance`}
        help={t`Of two that fit alike, the more important comes first.`}
        note={fact.importance.toFixed(2)}
      >
        <input
          id={`${id}-importance`}
          type="range"
          min={0}
          max={1}
          step={STEP}
          aria-describedby={`${id}-importance-help`}
          className="h-6 accent-(--ink)"
          value={fact.importance}
          onChange={({ target }) => onChange({ ...fact, importance: target.valueAsNumber })}
        />
      </FieldRow>
      <FieldRow id={`${id}-metadata`} label={t`Metadata`} note={t`optional, JSON`}>
        <textarea
          id={`${id}-metadata`}
          rows={2}
          spellCheck={false}
          placeholder='{"source": "call"}'
          className={`field-sizing-content max-h-60 min-h-14 py-2 font-mono text-xs/[1.6]! ${CONTROL}`}
          value={fact.metadata}
          onChange={({ target }) => onChange({ ...fact, metadata: target.value })}
        />
      </FieldRow>
    </>
  );
}
