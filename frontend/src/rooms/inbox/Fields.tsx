import { t } from "@lingui/core/macro";
import { useState } from "react";
import type { Json, JsonObject } from "~/core/document/document";
import type { Field } from "~/core/forms/fields";
import type { Form } from "~/core/inbox/asked";
import { CONTROL, FieldRow } from "~/ui/Field";

interface Props {
  form: Form;
  values: JsonObject;
  wrong: Readonly<Record<string, string>>;
  onChange: (values: JsonObject) => void;
  /** What cannot be read yet, by field: it must not be sent. */
  onUnreadable: (key: string, unreadable: boolean) => void;
}

/** A form of a JSON Schema, with controls that a thumb can hit. */
export function Fields({ form, values, wrong, onChange, onUnreadable }: Props) {
  return form.fields.map((field) => {
    const { [field.key]: value, ...rest } = values;
    return (
      <FieldRow
        key={field.key}
        id={`answer-${field.key}`}
        label={form.single ? t`Answer` : field.title}
        help={field.help}
        error={wrong[field.key]}
        note={form.required.has(field.key) || field.fallback !== undefined ? null : t`optional`}
      >
        <Control
          field={field}
          required={form.required.has(field.key)}
          invalid={wrong[field.key] !== undefined}
          value={value}
          onChange={(next) => onChange(next === undefined ? rest : { ...values, [field.key]: next })}
          onUnreadable={(unreadable) => onUnreadable(field.key, unreadable)}
        />
      </FieldRow>
    );
  });
}

interface ControlProps {
  field: Field;
  required: boolean;
  invalid: boolean;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  onUnreadable: (unreadable: boolean) => void;
}

const HEIGHT = "h-9 max-md:h-11";
const ROWS = 2;
const MOST_ROWS = 14;
const LINE = 64; // characters of a line, about

function Control(props: ControlProps) {
  const { field, required, invalid, value, onChange } = props;
  const common = {
    id: `answer-${field.key}`,
    "aria-invalid": invalid || undefined,
    "aria-required": required || undefined,
    "aria-describedby": [invalid && `answer-${field.key}-error`, field.help && `answer-${field.key}-help`]
      .filter(Boolean)
      .join(" "),
  };
  switch (field.widget) {
    case "select": {
      const options = Array.isArray(field.schema.enum) ? field.schema.enum : field.options;
      const chosen = options.findIndex((option) => option === value);
      return (
        <select
          {...common}
          className={`${HEIGHT} ${CONTROL}`}
          value={chosen}
          onChange={({ target }) => onChange(options[Number(target.value)])}
        >
          <option value={-1}>{t`Choose`}</option>
          {options.map((option, index) => (
            <option key={String(option)} value={index}>
              {String(option)}
            </option>
          ))}
        </select>
      );
    }
    case "toggle":
      return (
        <select
          {...common}
          className={`${HEIGHT} ${CONTROL}`}
          value={value === undefined ? "" : String(value)}
          onChange={({ target }) => onChange(target.value === "" ? undefined : target.value === "true")}
        >
          <option value="">{t`Choose`}</option>
          <option value="true">{t`Yes`}</option>
          <option value="false">{t`No`}</option>
        </select>
      );
    case "number":
    case "slider":
      return (
        <input
          {...common}
          type="number"
          inputMode={field.integer ? "numeric" : "decimal"}
          className={`${HEIGHT} ${CONTROL}`}
          min={field.minimum}
          max={field.maximum}
          step={field.integer ? 1 : "any"}
          defaultValue={typeof value === "number" ? value : ""}
          onChange={({ target }) => onChange(Number.isFinite(target.valueAsNumber) ? target.valueAsNumber : undefined)}
        />
      );
    case "strings":
      return (
        <textarea
          {...common}
          dir="auto"
          rows={3}
          placeholder={t`One in each line`}
          className={`py-2 text-[15px]/[1.5]! ${CONTROL}`}
          defaultValue={Array.isArray(value) ? value.join("\n") : ""}
          onChange={({ target }) => {
            const lines = target.value.split("\n").map((line) => line.trim());
            onChange(lines.some(Boolean) ? lines.filter(Boolean) : undefined);
          }}
        />
      );
    case "text":
    case "prompt":
    case "code":
    case "expression": {
      const text =
        typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
      return (
        <textarea
          {...common}
          dir="auto"
          rows={rowsOf(text)}
          placeholder={field.placeholder}
          className={`field-sizing-content max-h-[60vh] py-2 text-[15px]/[1.52]! ${CONTROL} ${field.widget === "code" ? "font-mono" : ""}`}
          value={text}
          onChange={({ target }) => onChange(target.value === "" && !required ? undefined : target.value)}
        />
      );
    }
    default:
      return <JsonControl {...props} common={common} />;
  }
}

function JsonControl({ value, onChange, onUnreadable, common }: ControlProps & { common: object }) {
  const [text, setText] = useState(() => (value === undefined ? "" : JSON.stringify(value, null, 2)));
  const [broken, setBroken] = useState(false);
  const change = (next: string) => {
    setText(next);
    let unreadable = false;
    if (next.trim() === "") onChange(undefined);
    else {
      try {
        onChange(JSON.parse(next) as Json);
      } catch {
        unreadable = true;
      }
    }
    setBroken(unreadable);
    onUnreadable(unreadable);
  };
  return (
    <>
      <textarea
        {...common}
        rows={rowsOf(text)}
        spellCheck={false}
        className={`py-2 font-mono text-xs/[1.6]! ${CONTROL}`}
        placeholder={t`As JSON`}
        value={text}
        onChange={({ target }) => change(target.value)}
      />
      {broken ? (
        <p role="alert" className="text-xs font-semibold text-fail">
          {t`This is not JSON yet.`}
        </p>
      ) : null}
    </>
  );
}

function rowsOf(text: string): number {
  const lines = text.split("\n").reduce((sum, line) => sum + 1 + Math.floor(line.length / LINE), 0);
  return Math.min(MOST_ROWS, Math.max(ROWS, lines));
}
