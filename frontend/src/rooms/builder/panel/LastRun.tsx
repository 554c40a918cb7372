import { t } from "@lingui/core/macro";
import { RotateCcw } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { DocumentNode } from "~/core/document/document";
import type { Activation } from "~/core/run/activation";
import { lampOf } from "~/core/run/lamps";
import { full } from "~/core/run/shown";
import { dollars, duration } from "~/core/words";
import { Button } from "~/ui/Button";
import { Lamp, statusWord } from "~/ui/Lamp";
import { useActivation, useRunVersion, useSession, useShownRun } from "../session/hooks";
import { retryFrom } from "./retryFrom";

const MOST = 20_000; // characters that are put into the page; the rest is for the file

/** What a node did in the run on show: each round and attempt, what went in, what came out, which tools it called. */
export function LastRun({ node }: { node: DocumentNode }) {
  const session = useSession();
  const live = useShownRun()?.live;
  const latest = useActivation(node.id);
  useRunVersion();
  const [key, setKey] = useState<string | null>(null);
  if (!live || !latest) return <p className="text-ink-3">{t`This node has not run yet.`}</p>;
  const all = [...live.activations.values()].filter((one) => one.nodeId === node.id);
  const shown = (key && live.activations.get(key)) || latest;
  return (
    <div className="flex flex-col gap-4">
      {all.length > 1 ? (
        <label className="flex items-center gap-2 font-semibold">
          {t`Round`}
          <select
            className="h-8 min-w-0 flex-1 rounded-ctl border border-ctl bg-panel px-2 font-normal"
            value={shown.key}
            onChange={(event) => setKey(event.target.value)}
          >
            {all.map((one) => (
              <option key={one.key} value={one.key}>
                {one.path.join(" / ")} · {statusWord(lampOf(one.status))}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <Happened activation={shown} written={live.text(shown.key)}>
        {shown.status === "failed" && shown.seq > 1 ? (
          <Button size="small" className="self-start" onClick={() => void retryFrom(session, shown)}>
            <RotateCcw aria-hidden />
            {t`Retry from here`}
          </Button>
        ) : null}
      </Happened>
      <Value title={t`Input`} value={shown.input} />
    </div>
  );
}

interface HappenedProps {
  activation: Activation;
  /** What a model has written so far. */
  written: string;
  children?: ReactNode;
}

/** How it went: status, time, tokens; what came out or why it failed; which tools were called. */
export function Happened({ activation, written, children }: HappenedProps) {
  return (
    <>
      <Facts activation={activation} />
      {children}
      {activation.error ? (
        <Value title={t`Why it failed`} value={activation.error} />
      ) : activation.status === "running" ? (
        <Value title={t`So far`} value={written} />
      ) : (
        <Value title={t`Output`} value={activation.output} />
      )}
      {activation.steps.length > 0 ? <Steps activation={activation} /> : null}
    </>
  );
}

function Facts({ activation }: { activation: Activation }) {
  const { status, startedAt, endedAt, attempt, usage, path } = activation;
  const lamp = lampOf(status);
  const facts = [
    startedAt && endedAt ? duration(endedAt - startedAt) : "",
    attempt > 1 ? t`attempt ${attempt}` : "",
    usage && usage.input_tokens + usage.output_tokens > 0
      ? t`${usage.input_tokens} tokens in, ${usage.output_tokens} out`
      : "",
    usage?.cost_usd ? dollars(usage.cost_usd) : "",
  ].filter(Boolean);
  return (
    <p className="flex items-center gap-2">
      <Lamp status={lamp} />
      <span className="font-semibold">{statusWord(lamp)}</span>
      <span className="text-ink-3">{facts.join(" · ")}</span>
      {path.length > 0 ? (
        <span className="ms-auto truncate font-mono text-xs text-ink-3" title={t`Where in the run`}>
          {path.join(" / ")}
        </span>
      ) : null}
    </p>
  );
}

function Steps({ activation }: { activation: Activation }) {
  return (
    <section>
      <h3 className="cap mb-1">{t`Calls`}</h3>
      <ul className="flex flex-col gap-1">
        {activation.steps.map((step) => (
          <li key={step.key}>
            <details className="rounded-ctl border border-line">
              <summary className="flex cursor-pointer items-center gap-2 px-2 py-1">
                <Lamp
                  status={step.status === "started" ? "running" : step.status === "failed" ? "failed" : "succeeded"}
                />
                <span className="min-w-0 flex-1 truncate font-mono text-xs">{step.name}</span>
                <span className="text-xs text-ink-3">
                  {step.endedAt ? duration(step.endedAt - step.startedAt) : ""}
                </span>
              </summary>
              <pre className="max-h-60 overflow-auto border-t border-line p-2 font-mono text-xs whitespace-pre-wrap">
                {cut(full(step.data))}
              </pre>
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A value for reading. It is always shown as text, whatever it contains. */
export function Value({ title, value }: { title: string; value: unknown }) {
  const text = value === null || value === undefined ? "" : full(value);
  return (
    <section className="min-w-0">
      <h3 className="cap mb-1">{title}</h3>
      {text ? (
        <pre
          // Long values scroll, with the keyboard too.
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          dir="auto"
          className="max-h-72 overflow-auto rounded-ctl border border-line bg-code p-2.5 font-mono text-xs/[1.6] break-words whitespace-pre-wrap"
        >
          {cut(text)}
        </pre>
      ) : (
        <p className="text-ink-3">{t`Nothing.`}</p>
      )}
    </section>
  );
}

const cut = (text: string): string =>
  text.length > MOST ? `${text.slice(0, MOST)}\n… ${t`${text.length - MOST} more characters`}` : text;
