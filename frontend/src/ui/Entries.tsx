/** Lists that grow and shrink: words, and names with texts. */
import { t } from "@lingui/core/macro";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { Json, JsonObject } from "~/core/document/document";
import { freeName } from "~/core/forms/names";
import { Button, IconButton } from "./Button";
import { CONTROL } from "./Field";

interface WordsProps {
  id: string;
  title: string;
  words: readonly string[];
  onChange: (words: string[]) => void;
}

/** A list of words. */
export function Words({ id, title, words, onChange }: WordsProps) {
  return (
    <div className="flex flex-col gap-1.5">
      {words.map((word, index) => (
        // eslint-disable-next-line react/no-array-index-key -- words have no other name than their place
        <div key={index} className="flex gap-1.5">
          <input
            id={index === 0 ? id : undefined}
            type="text"
            dir="auto"
            aria-label={t`${title} ${index + 1}`}
            className={`h-8 ${CONTROL}`}
            value={word}
            onChange={(event) => onChange(words.with(index, event.target.value))}
          />
          <IconButton label={t`Remove ${title} ${index + 1}`} onClick={() => onChange(words.toSpliced(index, 1))}>
            <X />
          </IconButton>
        </div>
      ))}
      <Add id={words.length === 0 ? id : undefined} title={title} onClick={() => onChange([...words, ""])} />
    </div>
  );
}

interface PairsProps {
  id: string;
  title: string;
  value: JsonObject;
  /** How the names of those begin that are added. */
  name: string;
  /** Without any there is no object. */
  onChange: (value: JsonObject | undefined) => void;
}

/** Names with texts, such as headers. What is no text is shown as JSON, and stays what it is until it is edited. */
export function Pairs({ id, title, value, name, onChange }: PairsProps) {
  const entries = Object.entries(value);
  const set = (next: [string, Json][]) => onChange(next.length === 0 ? undefined : Object.fromEntries(next));
  const names = entries.map(([one]) => one);
  return (
    <div className="flex flex-col gap-1.5">
      {entries.map(([key, inner], index) => (
        <div key={key} className="flex gap-1.5">
          <Name
            id={index === 0 ? id : undefined}
            label={t`Name ${index + 1} of ${title}`}
            name={key}
            taken={names}
            onChange={(next) => set(entries.with(index, [next, inner]))}
          />
          <input
            type="text"
            dir="auto"
            aria-label={t`Value of ${key}`}
            className={`h-8 font-mono text-xs! ${CONTROL}`}
            value={typeof inner === "string" ? inner : JSON.stringify(inner)}
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
        onClick={() => set([...entries, [freeName(name, names), ""]])}
      />
    </div>
  );
}

interface NameProps {
  id: string | undefined;
  label: string;
  name: string;
  taken: readonly string[];
  onChange: (name: string) => void;
}

/** It counts when it is left: a name on its way to another may be that of a neighbour, whose text would be lost. */
function Name({ id, label, name, taken, onChange }: NameProps) {
  const [typed, setTyped] = useState(name);
  const wrong = typed !== name && (typed === "" || taken.includes(typed));
  const leave = () => {
    if (wrong) setTyped(name);
    else if (typed !== name) onChange(typed);
  };
  return (
    <input
      id={id}
      type="text"
      aria-label={label}
      aria-invalid={wrong || undefined}
      className={`h-8 w-2/5! font-mono text-xs! ${CONTROL}`}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={leave}
      onKeyDown={(event) => event.key === "Enter" && leave()}
    />
  );
}

/** One more of them. */
export function Add({ id, title, onClick }: { id?: string | undefined; title: string; onClick: () => void }) {
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
