import { t } from "@lingui/core/macro";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { isObject, type Json } from "~/core/document/document";
import { type Argument, loosely } from "~/core/tools/arguments";
import { NumberField, SelectField, TextField, ToggleField } from "~/rooms/builder/panel/fields/Plain";
import { Button, IconButton } from "~/ui/Button";
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
      return <Words argument={argument} {...props} />;
    case "pairs":
      return <Pairs argument={argument} {...props} />;
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

function Words({ id, argument, value, onChange }: Props) {
  const { title } = argument.field;
  const list = Array.isArray(value) ? value.map(String) : [];
  const set = (next: string[]) => onChange(next.length === 0 ? undefined : next);
  return (
    <div className="flex flex-col gap-1.5">
      {list.map((entry, index) => (
        // eslint-disable-next-line react/no-array-index-key -- words have no other name than their place
        <div key={index} className="flex gap-1.5">
          <input
            id={index === 0 ? id : undefined}
            type="text"
            dir="auto"
            aria-label={t`${title} ${index + 1}`}
            className={`h-8 ${CONTROL}`}
            value={entry}
            onChange={(event) => set(list.with(index, event.target.value))}
          />
          <IconButton label={t`Remove ${title} ${index + 1}`} onClick={() => set(list.toSpliced(index, 1))}>
            <X />
          </IconButton>
        </div>
      ))}
      <Add id={list.length === 0 ? id : undefined} title={title} onClick={() => set([...list, ""])} />
    </div>
  );
}

/** Names with texts, such as headers. */
function Pairs({ id, argument, value, onChange }: Props) {
  const { title } = argument.field;
  const entries = Object.entries(isObject(value) ? value : {}).map(([key, inner]): [string, string] => [
    key,
    String(inner),
  ]);
  const set = (next: [string, string][]) => onChange(next.length === 0 ? undefined : Object.fromEntries(next));
  return (
    <div className="flex flex-col gap-1.5">
      {entries.map(([key, inner], index) => (
        // eslint-disable-next-line react/no-array-index-key -- the key is what is being edited
        <div key={index} className="flex gap-1.5">
          <input
            id={index === 0 ? id : undefined}
            type="text"
            aria-label={t`Name ${index + 1} of ${title}`}
            className={`h-8 w-2/5! font-mono text-xs! ${CONTROL}`}
            value={key}
            onChange={(event) => set(entries.with(index, [event.target.value, inner]))}
          />
          <input
            type="text"
            dir="auto"
            aria-label={t`Value of ${key}`}
            className={`h-8 font-mono text-xs! ${CONTROL}`}
            value={inner}
            onChange={(event) => set(entries.with(index, [key, event.target.value]))}
          />
          <IconButton label={t`Remove ${key}`} onClick={() => set(entries.toSpliced(index, 1))}>
            <X />
          </IconButton>
        </div>
      ))}
      <Add
        id={entries.length === 0 ? id : undefined}
        title={title}
        onClick={() => set([...entries, [freeName(entries), ""]])}
      />
    </div>
  );
}

function freeName(entries: [string, string][]): string {
  let number = entries.length + 1;
  while (entries.some(([key]) => key === `name-${number}`)) number += 1;
  return `name-${number}`;
}

function Add({ id, title, onClick }: { id: string | undefined; title: string; onClick: () => void }) {
  return (
    <Button
      id={id}
      size="small"
      look="ghost"
      className="self-start text-focus!"
      aria-label={t`Add to ${title}`}
      onClick={onClick}
    >
      <Plus aria-hidden />
      {t`Add`}
    </Button>
  );
}
