import { t } from "@lingui/core/macro";
import { useState } from "react";
import { isObject, type Json } from "~/core/document/document";
import { type Argument, loosely } from "~/core/tools/arguments";
import { NumberField, SelectField, TextField, ToggleField } from "~/rooms/builder/panel/fields/Plain";
import { Pairs, Words } from "~/ui/Entries";
import { CONTROL } from "~/ui/Field";

interface Props {
  id: string;
  argument: Argument;
  value: Json | undefined;
  invalid: boolean;
  onChange: (value: Json | undefined) => void;
}

/** What one argument of a tool is edited with. */
export function ArgumentField({ argument, ...props }: Props) {
  const { field, editor } = argument;
  const plain = { ...props, field, nodeId: "" };
  switch (editor) {
    case "line":
      return <TextField {...plain} />;
    case "number":
      return <NumberField {...plain} />;
    case "toggle":
      return <ToggleField {...plain} />;
    case "select":
      return <Choice argument={argument} {...props} />;
    case "text":
    case "loose":
    case "json":
      return <LongText argument={argument} {...props} />;
    case "strings":
      return <Strings argument={argument} {...props} />;
    case "pairs":
      return (
        <Pairs
          id={props.id}
          title={field.title}
          value={isObject(props.value) ? props.value : {}}
          name="name-"
          onChange={props.onChange}
        />
      );
  }
}

function Choice({ argument, value, onChange, ...props }: Props) {
  const { field, values } = argument;
  return (
    <SelectField
      {...props}
      field={{ ...field, fallback: field.fallback === undefined ? undefined : String(field.fallback) }}
      nodeId=""
      value={value === undefined ? undefined : String(value)}
      onChange={(text) => onChange(values.find((one) => String(one) === text))}
    />
  );
}

function LongText({ id, argument, value, invalid, onChange }: Props) {
  const { editor } = argument;
  const written = typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value, null, 2);
  // What was typed stays as it was typed, also when it is understood as JSON: nothing moves under the pointer.
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? (editor === "json" && value !== undefined ? JSON.stringify(value, null, 2) : written);
  const broken = editor === "json" && typed !== null && typed.trim() !== "" && !isJson(typed);
  const change = (next: string) => {
    setTyped(next);
    if (editor === "text") onChange(next || undefined);
    else if (editor === "loose") onChange(loosely(next));
    else if (next.trim() === "") onChange(undefined);
    else if (isJson(next)) onChange(JSON.parse(next) as Json);
  };
  return (
    <>
      <textarea
        id={id}
        rows={Math.min(14, Math.max(editor === "text" ? 5 : 3, text.split("\n").length))}
        dir="auto"
        spellCheck={false}
        className={`py-2 font-mono text-xs! ${CONTROL}`}
        aria-invalid={invalid || broken || undefined}
        aria-describedby={`${id}-help`}
        value={text}
        onChange={(event) => change(event.target.value)}
      />
      {broken ? <p className="text-xs font-semibold text-fail">{t`This is not JSON yet.`}</p> : null}
    </>
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function Strings({ id, argument, value, onChange }: Props) {
  const words = Array.isArray(value) ? value.map(String) : [];
  const set = (next: string[]) => onChange(next.length === 0 ? undefined : next);
  return <Words id={id} title={argument.field.title} words={words} onChange={set} />;
}
