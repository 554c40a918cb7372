import { t } from "@lingui/core/macro";
import { ArrowLeft, Play, Terminal } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { ToolEntry } from "~/api/types";
import type { Command } from "~/core/commands/registry";
import type { Json, JsonObject } from "~/core/document/document";
import { misfits } from "~/core/forms/validate";
import { argumentsOf, commandOf } from "~/core/tools/arguments";
import { serverOf } from "~/core/tools/catalogue";
import { useCommands } from "~/shell/useCommands";
import { Button, IconButton } from "~/ui/Button";
import { FieldRow } from "~/ui/Field";
import { Keys } from "~/ui/Keys";
import { Lamp } from "~/ui/Lamp";
import { Tile } from "~/ui/Tile";
import { toast } from "~/ui/Toasts";
import { ArgumentField } from "./ArgumentField";
import { AskFirst } from "./AskFirst";
import { Powers } from "./Powers";

interface Props {
  tool: ToolEntry;
  values: JsonObject;
  busy: boolean;
  onChange: (values: JsonObject) => void;
  onRun: () => void;
  onBack: () => void;
}

/** A tool, what it may do, and the form for a call of it. */
export function ToolForm({ tool, values, busy, onChange, onRun, onBack }: Props) {
  const parameters = tool.parameters as JsonObject;
  const list = useMemo(() => argumentsOf(parameters), [parameters]);
  const wrong = new Map(misfits(values, parameters).map(({ key, message }) => [key, message]));
  const [tried, setTried] = useState(false);
  const [asking, setAsking] = useState(false);
  const asksFirst = tool.needs_approval || (tool.side_effects && !tool.idempotent);
  const run = () => {
    setTried(true);
    const [first] = wrong.keys();
    if (first !== undefined) {
      document.getElementById(`argument-${first}`)?.focus();
      return;
    }
    if (busy) return;
    if (asksFirst) setAsking(true);
    else onRun();
  };
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useCommands(
    useMemo<Command[]>(
      () => [
        {
          id: "run-tool",
          label: () => t`Run the tool`,
          group: "run",
          keys: ["mod+enter"],
          run: () => latest.current(),
        },
      ],
      [],
    ),
  );
  const set = (key: string, value: Json | undefined) => {
    const { [key]: _old, ...others } = values;
    onChange(value === undefined ? others : { ...values, [key]: value });
  };
  const copy = async () => {
    await navigator.clipboard.writeText(commandOf(tool.name, values));
    toast(t`Copied. It does the same at a terminal.`);
  };
  const server = serverOf(tool);
  return (
    <section
      aria-label={t`Try ${tool.title}`}
      className="flex min-h-0 min-w-0 flex-col gap-[15px] overflow-auto px-5 py-[18px] max-xl:overflow-visible"
    >
      <header className="flex items-start gap-[11px]">
        <IconButton label={t`All tools`} className="md:hidden" onClick={onBack}>
          <ArrowLeft />
        </IconButton>
        <Tile type="tool" size="big" />
        <div className="min-w-0 flex-1">
          <h2 className="font-mono text-[15px]/[1.3] font-bold break-words">{tool.title}</h2>
          <Description text={tool.description} />
          {server ? (
            <p className="mt-1 text-xs text-ink-3">
              {t`Models call it`} <code className="font-mono text-ink-2">{tool.name}</code>
            </p>
          ) : null}
        </div>
      </header>
      <Powers tool={tool} />
      {list.length === 0 ? <p className="text-ink-3">{t`It needs nothing to be told.`}</p> : null}
      <form
        className="flex flex-col gap-[15px]"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        {list.map((argument) => {
          const { key, help, fallback } = argument.field;
          const id = `argument-${key}`;
          const message = tried || (values[key] !== undefined && wrong.has(key)) ? wrong.get(key) : undefined;
          const missing = argument.required && values[key] === undefined;
          return (
            <FieldRow
              key={key}
              id={id}
              label={key}
              help={help}
              error={message && missing ? t`This is needed.` : message}
              note={<Note required={argument.required} fallback={fallback} editor={argument.editor} />}
            >
              <ArgumentField
                id={id}
                argument={argument}
                value={values[key]}
                invalid={message !== undefined}
                onChange={(value) => set(key, value)}
              />
            </FieldRow>
          );
        })}
        {asksFirst ? (
          <div className="flex items-start gap-2.5 rounded-ctl bg-wait-bg px-3 py-2.5 text-[12.5px] text-ink">
            <span className="mt-0.5">
              <Lamp status="waiting" />
            </span>
            <p>
              {tool.needs_approval
                ? t`Agents have to ask a person before each call of it. From this page, you are asked.`
                : t`It can change things outside, and twice is not the same as once. You are asked before it is called.`}
            </p>
          </div>
        ) : null}
        <div className="flex flex-wrap items-center gap-2">
          <Button type="submit" look="main" aria-disabled={busy || undefined}>
            <Play aria-hidden fill="currentColor" />
            {busy ? t`Running…` : t`Run tool`}
          </Button>
          <span className="max-md:hidden">
            <Keys keys="mod+enter" />
          </span>
          <span className="flex-1" />
          <Button look="ghost" onClick={() => void copy()}>
            <Terminal aria-hidden />
            {t`Copy as a command`}
          </Button>
        </div>
      </form>
      <AskFirst
        tool={tool}
        values={values}
        open={asking}
        onClose={() => setAsking(false)}
        onYes={() => {
          setAsking(false);
          onRun();
        }}
      />
    </section>
  );
}

/** The first paragraph of what is said about it; the rest is a click away. */
function Description({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  const [first = "", ...rest] = text.trim().split(/\n\s*\n/);
  return (
    <div className="text-[12.5px] text-ink-3" dir="auto">
      <p className="whitespace-pre-line">{first.replaceAll(/\s*\n\s*/g, " ")}</p>
      {open ? <p className="mt-1.5 whitespace-pre-line">{rest.join("\n\n")}</p> : null}
      {rest.length > 0 ? (
        <button
          type="button"
          aria-expanded={open}
          className="mt-0.5 font-semibold text-focus underline"
          onClick={() => setOpen(!open)}
        >
          {open ? t`Less` : t`All of it`}
        </button>
      ) : null}
    </div>
  );
}

function Note({ required, fallback, editor }: { required: boolean; fallback: Json | undefined; editor: string }) {
  if (required) return <span className="font-semibold text-fail">{t`required`}</span>;
  if (fallback !== undefined && fallback !== null && fallback !== "") {
    const shown = typeof fallback === "string" ? fallback : JSON.stringify(fallback);
    return shown.length < 40 ? t`usually ${shown}` : null;
  }
  if (editor === "loose") return t`text or JSON`;
  return editor === "json" ? t`JSON` : null;
}
