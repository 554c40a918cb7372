import { t } from "@lingui/core/macro";
import { type KeyboardEvent, useRef, useState } from "react";
import { match } from "~/core/commands/search";
import { referencesFor, TEMPLATE, unknownNames } from "~/core/forms/references";
import { brief } from "~/core/run/shown";
import { isObject } from "~/core/document/document";
import { useActivation, useDocument, useSession } from "../../session/hooks";
import type { FieldProps } from "./props";

const TEXT = "font-mono text-[12.5px]/[1.6] whitespace-pre-wrap break-words px-2.5 py-2";
const ROWS: Record<string, number> = { prompt: 3, code: 6, expression: 1, text: 1 };

/**
 * Text with variables. `{{` or `@` opens the names that may be used, with what they were in the last run; those that
 * exist are marked, those that do not are underlined.
 */
export function PromptField({ id, field, value, onChange, invalid, nodeId }: FieldProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [open, setOpen] = useState<{ from: number; query: string } | null>(null);
  const [chosen, setChosen] = useState(0);
  const { catalogue } = useSession();
  const document = useDocument((one) => one);
  const text = typeof value === "string" ? value : "";
  const code = field.widget === "code";
  const found = open
    ? referencesFor(document, nodeId, (type) => Object.keys(catalogue.types.get(type)?.outputs ?? {}))
        .filter((one) => match(open.query, one.name))
        .slice(0, 50)
    : [];
  const wrong = new Set(unknownNames(document, text));

  const look = (element: HTMLTextAreaElement) => {
    const before = element.value.slice(0, element.selectionStart);
    const [, mark = "", query = ""] = /(\{\{\s*|(?<=^|\s)@)([\w.]*)$/.exec(before) ?? [];
    setOpen(mark && !code ? { from: before.length - query.length - mark.length, query } : null);
    setChosen(0);
  };
  const insert = (name: string | undefined) => {
    const element = area.current;
    if (!open || !element || !name) return;
    const wrapped = field.widget === "expression" ? name : `{{ ${name} }}`;
    const rest = text.slice(element.selectionStart).replace(/^\s*\}\}/, "");
    const caret = open.from + wrapped.length;
    onChange(text.slice(0, open.from) + wrapped + rest);
    setOpen(null);
    requestAnimationFrame(() => {
      element.focus();
      element.setSelectionRange(caret, caret);
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open || found.length === 0) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setChosen((chosen + step + found.length) % found.length);
    else if (event.key === "Enter" || event.key === "Tab") insert(found[chosen]?.name);
    else if (event.key === "Escape") setOpen(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="relative">
      <div className="relative grid rounded-ctl border border-ctl focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus has-aria-invalid:border-fail">
        <div aria-hidden className={`pointer-events-none col-start-1 row-start-1 text-transparent ${TEXT}`} dir="auto">
          {marked(text, wrong)}
          {"\u200B"}
        </div>
        <textarea
          ref={area}
          id={id}
          dir="auto"
          rows={ROWS[field.widget] ?? 3}
          spellCheck={!code}
          role={open ? "combobox" : undefined}
          aria-expanded={open ? found.length > 0 : undefined}
          aria-controls={open ? `${id}-names` : undefined}
          aria-activedescendant={open && found[chosen] ? `${id}-name-${chosen}` : undefined}
          aria-invalid={invalid || wrong.size > 0 || undefined}
          aria-describedby={`${id}-help`}
          placeholder={field.placeholder || (typeof field.fallback === "string" ? field.fallback : "")}
          className={`col-start-1 row-start-1 resize-none overflow-hidden bg-transparent outline-none ${TEXT}`}
          value={text}
          onChange={(event) => {
            onChange(event.target.value === "" && field.optional ? undefined : event.target.value);
            look(event.target);
          }}
          onKeyDown={onKeyDown}
          onClick={(event) => look(event.currentTarget)}
          onBlur={() => setOpen(null)}
        />
      </div>
      {open ? (
        <div
          id={`${id}-names`}
          role="listbox"
          aria-label={t`Variables`}
          className="absolute inset-x-0 top-full z-20 mt-1 max-h-56 overflow-auto rounded-panel border border-line-2 bg-panel p-1 shadow-node"
        >
          {found.length === 0 ? <p className="p-2 text-ink-3">{t`Nothing of that name is known here.`}</p> : null}
          {found.map((one, index) => (
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are those of the text
            <div
              key={one.name}
              id={`${id}-name-${index}`}
              role="option"
              aria-selected={index === chosen}
              tabIndex={-1}
              className="flex h-8 cursor-pointer items-center gap-2 rounded-ctl px-2 aria-selected:bg-panel-3"
              onMouseDown={(event) => event.preventDefault()}
              onMouseMove={() => setChosen(index)}
              onClick={() => insert(one.name)}
            >
              <span className="shrink-0 font-mono text-xs text-c-var">{one.name}</span>
              <LastValue name={one.name} nodeId={nodeId} otherwise={one.from} />
            </div>
          ))}
        </div>
      ) : null}
    </div>
  );
}

/** What a name stood for in the run on show; where it comes from, if there is none. */
function LastValue({ name, nodeId, otherwise }: { name: string; nodeId: string; otherwise: string }) {
  const own = useActivation(nodeId)?.input;
  const [group = "", source = "", field = ""] = name.split(".");
  const other = useActivation(group === "nodes" ? source : "")?.output;
  const value = group === "nodes" ? (isObject(other) ? other[field] : other) : isObject(own) ? own[name] : undefined;
  const shown = brief(value, 40);
  return <span className="min-w-0 flex-1 truncate text-end text-xs text-ink-3">{shown || otherwise}</span>;
}

/** The text with its variables marked; it stands behind the letters that are typed. */
function marked(text: string, wrong: ReadonlySet<string>) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(TEMPLATE)) {
    const [whole, name = ""] = found;
    const bad = [...wrong].some((one) => name === one || name.startsWith(`${one}.`));
    parts.push(
      text.slice(from, found.index),
      <span
        key={found.index}
        className={`rounded-[2px] ${bad ? "bg-fail-bg underline decoration-fail decoration-wavy" : "bg-[color-mix(in_srgb,var(--c-var)_14%,transparent)]"}`}
      >
        {whole}
      </span>,
    );
    from = found.index + whole.length;
  }
  return [...parts, text.slice(from)];
}
