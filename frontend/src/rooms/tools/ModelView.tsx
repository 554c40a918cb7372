import { t } from "@lingui/core/macro";
import { useState } from "react";
import type { ToolEntry, ToolTrial } from "~/api/types";
import { count } from "~/core/words";

const SHOWN = 20_000; // characters of the text in the page
const PER_TOKEN = 4; // characters, roughly, of English and JSON

/** The two things that a model gets to see: the definition of the function, and its result as text. */
export function ModelView({ tool, trial }: { tool: ToolEntry; trial: ToolTrial | null }) {
  const definition = JSON.stringify(tool.definition, null, 2);
  return (
    <div className="flex flex-col gap-5">
      <section aria-labelledby="definition-heading" className="flex flex-col gap-1.5">
        <div className="flex items-baseline gap-2">
          <h3 id="definition-heading" className="flex-1 font-[650]">{t`Before: the function`}</h3>
          <Size characters={JSON.stringify(tool.definition).length} />
        </div>
        <Code label={t`The function definition`} text={definition} />
      </section>
      <section aria-labelledby="told-heading" className="flex flex-col gap-1.5">
        <div className="flex items-baseline gap-2">
          <h3 id="told-heading" className="flex-1 font-[650]">{t`After: the result, as text`}</h3>
          {trial ? <Size characters={trial.told.length} /> : null}
        </div>
        {trial ? (
          <Told trial={trial} />
        ) : (
          <p className="text-ink-3">{t`Run the tool to see what a model would read.`}</p>
        )}
      </section>
    </div>
  );
}

function Told({ trial }: { trial: ToolTrial }) {
  const share = Math.min(1, trial.told_bytes / trial.limit_bytes);
  const percent = Math.round(share * 100);
  return (
    <>
      <Code label={t`The result as a model reads it`} text={trial.told} />
      <div className="flex items-center gap-2 text-xs text-ink-3">
        <span aria-hidden className="h-1.5 w-28 overflow-hidden rounded-full bg-panel-3">
          <span className="block h-full bg-run" style={{ inlineSize: `${Math.max(2, percent)}%` }} />
        </span>
        {t`${count(trial.told_bytes)} of at most ${count(trial.limit_bytes)} bytes`}
      </div>
      {shortened(trial.result).map((text) => (
        <p key={text} className="rounded-ctl bg-wait-bg px-3 py-2 text-[12.5px] text-ink">
          {text}
        </p>
      ))}
    </>
  );
}

/** Where something of the result is missing, in words. */
function shortened(result: unknown): string[] {
  if (typeof result !== "object" || result === null) return [];
  const found: string[] = [];
  const { truncated, preview, left_out: left, error } = result as Record<string, unknown>;
  if (truncated === true) found.push(t`Truncated: the tool gave only a part. The model sees no more than this.`);
  if (typeof preview === "string" && error !== undefined) {
    found.push(t`Too large: instead of the result the model gets the reason and a preview.`);
  }
  if (Array.isArray(left)) found.push(t`Left out: ${left.map(String).join("; ")}`);
  return found;
}

function Size({ characters }: { characters: number }) {
  const tokens = count(Math.ceil(characters / PER_TOKEN));
  return <span className="text-xs text-ink-3">{t`${count(characters)} characters, about ${tokens} tokens`}</span>;
}

function Code({ label, text }: { label: string; text: string }) {
  const [whole, setWhole] = useState(false);
  const cut = text.length > SHOWN && !whole;
  return (
    <>
      <pre
        aria-label={label}
        dir="auto"
        className="max-h-[440px] min-w-0 overflow-auto rounded-ctl border border-line bg-code px-2.5 py-2 font-mono text-xs/[1.6] break-words whitespace-pre-wrap"
        // Long texts are scrolled by keys too.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        {cut ? text.slice(0, SHOWN) : text}
      </pre>
      {text.length > SHOWN ? (
        <button
          type="button"
          className="self-start text-xs font-semibold text-focus underline"
          onClick={() => setWhole(!whole)}
        >
          {cut ? t`Show all ${count(text.length)} characters` : t`Show the beginning`}
        </button>
      ) : null}
    </>
  );
}
