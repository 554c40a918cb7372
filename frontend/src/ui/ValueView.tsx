import { t } from "@lingui/core/macro";
import { Copy, Download } from "lucide-react";
import { useState } from "react";
import { isObject } from "~/core/document/document";
import { download } from "~/core/download";
import { brief, full } from "~/core/run/shown";
import { type Table, tableOf } from "~/core/trace/table";
import { count } from "~/core/words";
import { Button, IconButton } from "./Button";
import { toast } from "./Toasts";

const MOST = 50_000; // characters in the page; the whole is a click away
const ROWS = 200;

interface Props {
  value: unknown;
  /** Names it for those who do not see it. */
  label: string;
  /** In little room: a few plain entries are shown as lines. */
  compact?: boolean;
}

/** A value to be read: text as text (of whatever it may be), lists of objects as tables, the rest as JSON. */
export function ValueView({ value, label, compact = false }: Props) {
  const [loaded, setLoaded] = useState<{ value: unknown } | null>(null);
  const blob = blobOf(value);
  const entries = compact && !blob ? entriesOf(value) : null;
  if (entries) return <Entries entries={entries} label={label} />;
  if (blob && !loaded) {
    const load = async () => {
      const answer = await fetch(`/api/blobs/${encodeURIComponent(blob.digest)}`);
      if (!answer.ok) toast(t`The value is not to be had any more.`, { tone: "error" });
      else setLoaded({ value: await answer.json() });
    };
    return (
      <div className="flex flex-col items-start gap-2">
        <Text text={`${blob.preview}…`} label={label} mono={!blob.preview.startsWith('"')} />
        <Button size="small" onClick={() => void load()}>{t`Load all of it, ${size(blob.bytes)}`}</Button>
      </div>
    );
  }
  if (isObject(value) && Object.values(value).some((inner) => blobOf(inner))) {
    return (
      <dl className="flex min-w-0 flex-col gap-2.5">
        {Object.entries(value).map(([name, inner]) => (
          <div key={name} className="min-w-0">
            <dt className="cap mb-0.5" dir="auto">
              {name}
            </dt>
            <dd>
              <ValueView value={inner} label={name} />
            </dd>
          </div>
        ))}
      </dl>
    );
  }
  return <Whole value={loaded ? loaded.value : value} label={label} />;
}

function Whole({ value, label }: Props) {
  const [raw, setRaw] = useState(false);
  const table = tableOf(value);
  if (value === null || value === undefined) return <p className="text-ink-3">{t`Nothing`}</p>;
  const text = full(value);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    toast(t`Copied.`);
  };
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      {table && !raw ? (
        <Rows table={table} label={label} />
      ) : (
        <Text text={text} label={label} mono={typeof value !== "string"} />
      )}
      <div className="flex items-center gap-1">
        {table ? (
          <Button look="ghost" size="small" onClick={() => setRaw(!raw)}>
            {raw ? t`As a table` : t`As JSON`}
          </Button>
        ) : null}
        <IconButton label={t`Copy`} size="small" onClick={() => void copy()}>
          <Copy />
        </IconButton>
        {text.length > MOST ? (
          <Button
            look="ghost"
            size="small"
            onClick={() => download(typeof value === "string" ? "value.txt" : "value.json", text, "text/plain")}
          >
            <Download aria-hidden />
            {t`All ${size(text.length)}`}
          </Button>
        ) : null}
      </div>
    </div>
  );
}

function Entries({ entries, label }: { entries: [string, string][]; label: string }) {
  return (
    <dl aria-label={label} className="font-mono text-xs/[1.6]">
      {entries.map(([name, value]) => (
        <div key={name} className="flex gap-2">
          <dt className="shrink-0 text-c-key">{name}</dt>
          <dd className="min-w-0 break-words whitespace-pre-wrap text-c-str" dir="auto">
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The entries of an object that has a few plain ones. */
function entriesOf(value: unknown): [string, string][] | null {
  if (!isObject(value)) return null;
  const entries = Object.entries(value);
  const plain = entries.every(([, inner]) => inner === null || ["string", "number", "boolean"].includes(typeof inner));
  if (!plain || entries.length === 0 || entries.length > 6) return null;
  const texts = entries.map(([name, inner]): [string, string] => [name, String(inner)]);
  return texts.every(([, text]) => text.length < 600) ? texts : null;
}

function Text({ text, label, mono }: { text: string; label: string; mono: boolean }) {
  return (
    <pre
      aria-label={label}
      dir="auto"
      className={`min-w-0 break-words whitespace-pre-wrap ${mono ? "rounded-ctl bg-code px-2.5 py-2 font-mono text-xs/[1.6]" : "font-sans text-[13px]/[1.55]"}`}
    >
      {text.slice(0, MOST)}
      {text.length > MOST ? `\n… ${t`${count(text.length - MOST)} more characters`}` : null}
    </pre>
  );
}

function Rows({ table, label }: { table: Table; label: string }) {
  return (
    // A wide table is scrolled by keys too.
    <div
      className="max-h-96 overflow-auto rounded-ctl border border-line"
      role="region"
      aria-label={label}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <table className="w-full text-xs">
        <thead className="sticky top-0 bg-panel-2">
          <tr>
            {table.columns.map((name) => (
              <th key={name} scope="col" className="px-2 py-1.5 text-start font-semibold whitespace-nowrap">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.slice(0, ROWS).map((row, index) => (
            // eslint-disable-next-line react/no-array-index-key -- rows have no other name
            <tr key={index} className="border-t border-line">
              {row.map((cell, column) => (
                <td
                  key={table.columns[column]}
                  className="max-w-72 truncate px-2 py-1"
                  dir="auto"
                  title={brief(cell, 400)}
                >
                  {brief(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {table.rows.length > ROWS ? (
        <p className="p-2 text-xs text-ink-3">{t`${count(table.rows.length - ROWS)} more rows: see them as JSON`}</p>
      ) : null}
    </div>
  );
}

function blobOf(value: unknown): { digest: string; bytes: number; preview: string } | null {
  if (typeof value !== "object" || value === null || !("$blob" in value) || typeof value.$blob !== "string")
    return null;
  const { bytes, preview } = value as { bytes?: unknown; preview?: unknown };
  if (typeof bytes !== "number" || typeof preview !== "string") return null;
  return { digest: value.$blob, bytes, preview };
}

function size(bytes: number): string {
  if (bytes < 1_000) return t`${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(0)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
