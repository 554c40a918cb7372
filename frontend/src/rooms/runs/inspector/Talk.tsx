import { t } from "@lingui/core/macro";
import { lampOf } from "~/core/run/lamps";
import { isGoing, type Span } from "~/core/trace/span";
import { type Said, speedOf } from "~/core/trace/talk";
import { duration } from "~/core/words";
import { Lamp } from "~/ui/Lamp";
import { Tile } from "~/ui/Tile";
import { ValueView } from "~/ui/ValueView";

const LONG = 6_000; // characters of a message that are shown at once

/** What was said, in order: to the model, by it, and with the tools that it called. */
export function Talk({ talk }: { talk: Said[] }) {
  return talk.map((one) => {
    switch (one.kind) {
      case "told":
        return (
          <Block key={one.key} head={roleWord(one.role)} edge={one.role === "system" ? "border-ink-4" : "border-ink"}>
            <Words text={one.text} />
          </Block>
        );
      case "answer":
        return <Answered key={one.key} said={one} />;
      case "call":
        return <Called key={one.key} step={one.step} input={one.input} />;
      case "stored":
        return <ValueView key={one.key} value={one.value} label={t`Messages`} />;
    }
  });
}

function roleWord(role: string): string {
  const words: Record<string, string> = { system: t`System`, user: t`User`, developer: t`System` };
  return words[role] ?? role;
}

function Block({
  head,
  note,
  edge,
  children,
}: {
  head: string;
  note?: string;
  edge: string;
  children: React.ReactNode;
}) {
  return (
    <div className={`border-s-[3px] ps-2.5 ${edge}`}>
      <h3 className="cap flex">
        <span className="flex-1">{head}</span>
        {note ? <span className="font-mono font-normal">{note}</span> : null}
      </h3>
      {children}
    </div>
  );
}

function Words({ text }: { text: string }) {
  return (
    <p className="text-[13px]/[1.5] break-words whitespace-pre-wrap" dir="auto">
      {text.slice(0, LONG)}
      {text.length > LONG ? "…" : null}
    </p>
  );
}

function Answered({ said }: { said: Extract<Said, { kind: "answer" }> }) {
  const { step } = said;
  const first = step.firstPiece !== null && step.start !== null ? duration(step.firstPiece - step.start) : null;
  const speed = speedOf(step);
  const note = [first ? t`first word ${first}` : null, speed === null ? null : t`${Math.round(speed)} tok/s`];
  return (
    <Block head={step.name} note={note.filter(Boolean).join(" · ")} edge="border-k-agent">
      {said.thinking ? (
        <details className="my-1 text-xs text-ink-3">
          <summary className="cursor-pointer font-semibold">{t`Thinking`}</summary>
          <Words text={said.thinking} />
        </details>
      ) : null}
      {step.error ? (
        <p className="text-xs break-words text-fail" dir="auto">
          {step.error}
        </p>
      ) : null}
      {said.text ? <Words text={said.text} /> : null}
      {isGoing(step) ? <p className="text-xs text-run">{said.text ? t`Writing…` : t`No word yet`}</p> : null}
      {!said.text && said.calls.length > 0 ? (
        <p className="text-xs text-ink-3">{t`Calls ${said.calls.join(", ")}`}</p>
      ) : null}
    </Block>
  );
}

function Called({ step, input }: { step: Span; input: unknown }) {
  const failed = step.status === "failed";
  return (
    <section aria-label={step.name} className={`rounded-ctl border ${failed ? "border-fail" : "border-line"}`}>
      <h3 className="flex h-8 items-center gap-2 border-b border-line px-[9px]">
        <Tile type="tool" size="small" />
        <span className="min-w-0 flex-1 truncate font-mono text-xs font-bold">{step.name}</span>
        <Lamp status={lampOf(step.status)} size={14} named />
        <span className="font-mono text-[11.5px] text-ink-3">
          {step.start !== null && step.end !== null ? duration(step.end - step.start) : ""}
        </span>
      </h3>
      <div className="flex flex-col gap-1.5 px-[9px] py-[7px]">
        <ValueView value={input} label={t`Arguments of ${step.name}`} compact />
        {failed ? (
          <p className="text-xs break-words text-fail" dir="auto">
            {step.error}
          </p>
        ) : null}
        {step.status === "completed" ? (
          <ValueView value={step.output} label={t`Result of ${step.name}`} compact />
        ) : null}
      </div>
    </section>
  );
}
