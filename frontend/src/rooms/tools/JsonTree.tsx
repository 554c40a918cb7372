import { t } from "@lingui/core/macro";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import { tableOf } from "~/core/trace/table";
import { count } from "~/core/words";
import { ValueView } from "~/ui/ValueView";

const MOST = 100; // entries of one level that are shown at first
const LONG = 400; // characters of a text that are shown at first
const DEEP = 2; // levels that are open at first

/** A value as a tree whose branches fold. Texts stand as texts, whatever is in them. */
export function JsonTree({ value, label }: { value: unknown; label: string }) {
  return (
    <ul aria-label={label} className="min-w-0 font-mono text-[12.5px]/[1.65]">
      <Branch name={null} value={value} depth={0} />
    </ul>
  );
}

function Branch({ name, value, depth }: { name: string | null; value: unknown; depth: number }) {
  const entries = entriesOf(value);
  const table = tableOf(value);
  const [open, setOpen] = useState(depth < DEEP);
  const [tabular, setTabular] = useState(table !== null);
  const [most, setMost] = useState(MOST);
  if (!entries || entries.length === 0) {
    return (
      <li className="min-w-0 ps-[18px]">
        <Name name={name} />
        <Leaf value={value} />
      </li>
    );
  }
  const isList = Array.isArray(value);
  const Arrow = open ? ChevronDown : ChevronRight;
  return (
    <li className="min-w-0">
      <div className="flex items-baseline gap-2">
        <button
          type="button"
          aria-expanded={open}
          aria-label={name === null ? t`The whole` : name}
          className="inline-flex min-h-6 items-center rounded-chip text-start hover:bg-panel-2"
          onClick={() => setOpen(!open)}
        >
          <Arrow className="size-3.5 shrink-0 text-ink-3" aria-hidden />
          <span className="ps-1">
            <Name name={name} />
            <span className="text-ink-3">{isList ? t`list of ${entries.length}` : open ? "{" : "{ … }"}</span>
          </span>
        </button>
        {table && open ? (
          <button
            type="button"
            className="font-sans text-xs font-semibold text-focus underline"
            onClick={() => setTabular(!tabular)}
          >
            {tabular ? t`as a tree` : t`as a table`}
          </button>
        ) : null}
      </div>
      {open && table && tabular ? (
        <div className="my-1 ms-[18px] font-sans">
          <ValueView value={value} label={name ?? t`Table`} />
        </div>
      ) : null}
      {open && !(table && tabular) ? (
        <ul className="ms-[6px] border-s border-line ps-[8px]">
          {entries.slice(0, most).map(([key, inner]) => (
            <Branch key={key} name={key} value={inner} depth={depth + 1} />
          ))}
          {entries.length > most ? (
            <li>
              <button
                type="button"
                className="ps-[18px] font-sans text-xs font-semibold text-focus underline"
                onClick={() => setMost(most + 10 * MOST)}
              >
                {t`${count(entries.length - most)} more`}
              </button>
            </li>
          ) : null}
        </ul>
      ) : null}
    </li>
  );
}

function Name({ name }: { name: string | null }) {
  return name === null ? null : (
    <>
      <span className="text-c-key">{name}</span>
      <span className="text-ink-3">: </span>
    </>
  );
}

function Leaf({ value }: { value: unknown }) {
  const [whole, setWhole] = useState(false);
  if (typeof value === "string") {
    const cut = value.length > LONG && !whole;
    return (
      <span className="break-words whitespace-pre-wrap text-c-str" dir="auto">
        {cut ? `${value.slice(0, LONG)}…` : value === "" ? '""' : value}
        {value.length > LONG ? (
          <button
            type="button"
            className="ms-2 font-sans text-xs font-semibold text-focus underline"
            onClick={() => setWhole(!whole)}
          >
            {cut ? t`all ${count(value.length)} characters` : t`less`}
          </button>
        ) : null}
      </span>
    );
  }
  const text = value === undefined ? "" : JSON.stringify(value);
  return <span className={typeof value === "object" ? "text-ink-3" : "text-c-num"}>{text}</span>;
}

function entriesOf(value: unknown): [string, unknown][] | null {
  return typeof value === "object" && value !== null ? Object.entries(value) : null;
}
