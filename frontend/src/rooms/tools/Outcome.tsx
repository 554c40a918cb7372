import { t } from "@lingui/core/macro";
import { Copy } from "lucide-react";
import { useState } from "react";
import type { ToolEntry } from "~/api/types";
import { full } from "~/core/run/shown";
import { filesIn, mayBePicture } from "~/core/tools/files";
import type { Call } from "~/core/tools/recent";
import { count, duration } from "~/core/words";
import { IconButton } from "~/ui/Button";
import { Lamp } from "~/ui/Lamp";
import { toast } from "~/ui/Toasts";
import { ValueView } from "~/ui/ValueView";
import { Files } from "./Files";
import { JsonTree } from "./JsonTree";
import { ModelView } from "./ModelView";

type View = "result" | "model";

/** What came of a call, as a person reads it and as a model does. */
export function Outcome({ tool, call, busy }: { tool: ToolEntry; call: Call | null; busy: boolean }) {
  const [view, setView] = useState<View>("result");
  const trial = call?.trial ?? null;
  const tab = (name: View, label: string) => (
    <button
      type="button"
      role="tab"
      id={`outcome-${name}`}
      aria-selected={view === name}
      aria-controls="outcome"
      tabIndex={view === name ? 0 : -1}
      className="h-8 rounded-ctl border border-transparent px-2.5 font-semibold whitespace-nowrap text-ink-2 hover:bg-panel-2 aria-selected:border-line-2 aria-selected:bg-panel-3 aria-selected:text-ink"
      onClick={() => setView(name)}
    >
      {label}
    </button>
  );
  return (
    <>
      <div className="flex min-h-14 flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-[18px] py-1.5">
        <div role="status" className="flex min-w-0 flex-1 items-center gap-2">
          <State call={call} busy={busy} />
        </div>
        <div
          role="tablist"
          tabIndex={-1}
          aria-label={t`Views of the outcome`}
          className="flex"
          onKeyDown={(event) => {
            if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
            const next = view === "result" ? "model" : "result";
            setView(next);
            document.getElementById(`outcome-${next}`)?.focus();
          }}
        >
          {tab("result", t`Result`)}
          {tab("model", t`What the model sees`)}
        </div>
      </div>
      <div
        id="outcome"
        role="tabpanel"
        aria-labelledby={`outcome-${view}`}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it is scrolled by keys
        tabIndex={0}
        className="min-h-0 flex-1 overflow-auto px-[18px] py-4 max-xl:min-h-72"
      >
        {view === "model" ? (
          <ModelView tool={tool} trial={trial} />
        ) : call ? (
          <Result key={call.id} call={call} />
        ) : (
          <p className="text-ink-3">{t`What the tool returns will be here.`}</p>
        )}
      </div>
    </>
  );
}

function State({ call, busy }: { call: Call | null; busy: boolean }) {
  if (busy) return <Pill look="bg-run-bg text-run" lamp="running" text={t`Running`} />;
  if (!call) return <span className="text-ink-3">{t`Not called yet`}</span>;
  const size = call.trial ? ` · ${sizeOf(call.trial.told_bytes)}` : "";
  return (
    <>
      {call.refused ? (
        <Pill look="bg-fail-bg text-fail" lamp="failed" text={t`Not called`} />
      ) : call.failed ? (
        <Pill look="bg-fail-bg text-fail" lamp="failed" text={t`Error`} />
      ) : (
        <Pill look="bg-ok-bg text-ok" lamp="succeeded" text={t`Succeeded`} />
      )}
      {call.refused ? null : (
        <span className="truncate font-mono text-xs text-ink-3">{`${duration(call.durationMs)}${size}`}</span>
      )}
    </>
  );
}

function Pill({ look, lamp, text }: { look: string; lamp: "running" | "failed" | "succeeded"; text: string }) {
  return (
    <span
      className={`inline-flex h-[22px] shrink-0 items-center gap-1.5 rounded-chip px-2 text-xs font-semibold ${look}`}
    >
      <Lamp status={lamp} size={14} />
      {text}
    </span>
  );
}

function Result({ call }: { call: Call }) {
  const { trial, refused } = call;
  if (refused) {
    return (
      <p role="alert" className="rounded-ctl bg-fail-bg px-3 py-2.5 text-fail">
        {refused}
      </p>
    );
  }
  if (!trial) return <p className="text-ink-3">{t`The result was too large to be kept. Run it again to see it.`}</p>;
  const { result } = trial;
  const plain = typeof result !== "object" || result === null;
  const files = filesIn(result);
  const pictures = files.some(({ name }) => mayBePicture(name)); // these are looked at first
  const copy = async () => {
    await navigator.clipboard.writeText(full(result));
    toast(t`Copied.`);
  };
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <Failure result={result} />
      {pictures ? <Files files={files} /> : null}
      {plain ? (
        <ValueView value={result} label={t`Result`} />
      ) : (
        <div className="flex min-w-0 items-start gap-2">
          <div className="min-w-0 flex-1">
            <JsonTree value={result} label={t`Result`} />
          </div>
          <IconButton label={t`Copy the result`} size="small" onClick={() => void copy()}>
            <Copy />
          </IconButton>
        </div>
      )}
      {pictures ? null : <Files files={files} />}
    </div>
  );
}

function Failure({ result }: { result: unknown }) {
  if (typeof result !== "object" || result === null || !("error" in result)) return null;
  const { error, hint } = result as { error: unknown; hint?: unknown };
  return (
    <div className="rounded-ctl bg-fail-bg px-3 py-2.5 text-fail">
      <p className="font-semibold break-words whitespace-pre-wrap">{full(error)}</p>
      {typeof hint === "string" ? <p className="mt-1 break-words">{hint}</p> : null}
    </div>
  );
}

function sizeOf(bytes: number): string {
  return bytes < 1_000 ? t`${count(bytes)} bytes` : `${(bytes / 1_000).toFixed(1)} kB`;
}
