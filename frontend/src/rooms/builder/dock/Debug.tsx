import { t } from "@lingui/core/macro";
import { Plus, X } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useStore } from "zustand";
import { api } from "~/api/client";
import { type Breakpoint, parsed, type Plan, type Stub } from "~/core/debug/debugging";
import { titleOf } from "~/core/document/document";
import { said } from "~/core/run/command";
import { Button, IconButton } from "~/ui/Button";
import { CONTROL } from "~/ui/Field";
import { useDocument, useRunHead, useSession, useShownRun } from "../session/hooks";

const LINE = `${CONTROL} h-8 min-w-0`;

const WHENS: Breakpoint["when"][] = ["before", "after", "error", "call", "effect"];

const words = (): Record<Breakpoint["when"], string> => ({
  before: t`before`,
  after: t`after`,
  error: t`at an error`,
  call: t`before each call`,
  effect: t`before an effect outside`,
});

/** Where runs stop, what is watched when they do, and what stands in for nodes and tools. */
export function Debug() {
  return (
    <div className="grid h-full grid-cols-1 gap-x-6 gap-y-4 overflow-auto p-3 lg:grid-cols-3">
      <Breakpoints />
      <Watches />
      <Stubs />
    </div>
  );
}

function usePlan(): [Plan, (change: Partial<Plan>) => void] {
  const { debugging } = useSession();
  return [useStore(debugging.store), debugging.set];
}

function Part({ title, help, add, children }: { title: string; help: string; add: () => void; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-2">
      <div className="flex items-center gap-2">
        <h3 className="flex-1 text-[12.5px] font-semibold">{title}</h3>
        <Button size="small" onClick={add}>
          <Plus aria-hidden />
          {t`Add`}
        </Button>
      </div>
      {children}
      <p className="text-xs text-ink-3">{help}</p>
    </section>
  );
}

function Remove({ what, onClick }: { what: string; onClick: () => void }) {
  return (
    <IconButton label={what} size="small" onClick={onClick}>
      <X />
    </IconButton>
  );
}

function Nodes({ label, value, any, onChange }: NodesProps) {
  const nodes = useDocument((document) => document.nodes);
  return (
    <select aria-label={label} className={LINE} value={value} onChange={({ target }) => onChange(target.value)}>
      {any ? <option value="*">{t`anywhere`}</option> : null}
      {value && value !== "*" && !nodes.some(({ id }) => id === value) ? (
        <option value={value}>{t`${value}, which is gone`}</option>
      ) : null}
      {nodes.map((node) => (
        <option key={node.id} value={node.id}>
          {titleOf(node)}
        </option>
      ))}
    </select>
  );
}

interface NodesProps {
  label: string;
  value: string;
  any?: boolean;
  onChange: (node: string) => void;
}

function Breakpoints() {
  const [{ points }, set] = usePlan();
  const first = useDocument((document) => document.nodes[0]?.id ?? "");
  const { view } = useSession();
  const change = (at: number, part: Partial<Breakpoint>) =>
    set({ points: points.map((point, index) => (index === at ? fitted({ ...point, ...part }) : point)) });
  return (
    <Part
      title={t`Breakpoints`}
      help={t`F9 sets one before the selected node. A condition is an expression, such as: index == 1`}
      add={() => {
        const [selected] = view.getState().selected;
        set({ points: [...points, { node: selected ?? first, when: "before", condition: "" }] });
      }}
    >
      {points.map((point, index) => (
        // eslint-disable-next-line react/no-array-index-key -- they have no other name
        <div key={index} className="flex items-center gap-1.5">
          <select
            aria-label={t`When`}
            className={LINE}
            value={point.when}
            onChange={({ target }) => change(index, { when: target.value as Breakpoint["when"] })}
          >
            {WHENS.map((when) => (
              <option key={when} value={when}>
                {words()[when]}
              </option>
            ))}
          </select>
          <Nodes
            label={t`Where`}
            value={point.node}
            any={point.when === "effect"}
            onChange={(node) => change(index, { node })}
          />
          <input
            aria-label={t`Only if`}
            placeholder={t`always`}
            spellCheck={false}
            className={`${LINE} font-mono`}
            value={point.condition}
            onChange={({ target }) => change(index, { condition: target.value })}
          />
          <Remove
            what={t`Remove this breakpoint`}
            onClick={() => set({ points: points.filter((_, other) => other !== index) })}
          />
        </div>
      ))}
    </Part>
  );
}

const fitted = (point: Breakpoint): Breakpoint =>
  point.node === "*" && point.when !== "effect" ? { ...point, when: "effect" } : point;

function Watches() {
  const [{ watches }, set] = usePlan();
  const results = useResults(watches);
  return (
    <Part
      title={t`Watch`}
      help={t`Expressions, with the names that the node sees at which the run is paused, such as: nodes.search`}
      add={() => set({ watches: [...watches, ""] })}
    >
      {watches.map((watch, index) => (
        // eslint-disable-next-line react/no-array-index-key -- they have no other name
        <div key={index} className="flex flex-col gap-1">
          <div className="flex items-center gap-1.5">
            <input
              aria-label={t`Expression`}
              spellCheck={false}
              className={`${LINE} font-mono`}
              value={watch}
              onChange={({ target }) =>
                set({ watches: watches.map((one, other) => (other === index ? target.value : one)) })
              }
            />
            <Remove
              what={t`Remove this expression`}
              onClick={() => set({ watches: watches.filter((_, other) => other !== index) })}
            />
          </div>
          <Result of={results.get(watch)} />
        </div>
      ))}
    </Part>
  );
}

interface Found {
  expression: string;
  value?: unknown;
  problem?: { message: string; hint?: string };
}

function Result({ of }: { of: Found | undefined }) {
  if (!of) return null;
  if (of.problem) {
    return <p className="text-xs break-words text-fail">{`${of.problem.message} ${of.problem.hint ?? ""}`.trim()}</p>;
  }
  return (
    <output className="max-h-24 overflow-auto font-mono text-xs break-words whitespace-pre-wrap">
      {JSON.stringify(of.value, null, 1)}
    </output>
  );
}

/** What the expressions are worth where the run stands, whenever it comes to a stand. */
function useResults(watches: readonly string[]): ReadonlyMap<string, Found> {
  const shown = useShownRun();
  const head = useRunHead();
  const [found, setFound] = useState<ReadonlyMap<string, Found>>(new Map());
  const id = shown && !shown.within && head && (head.pause || head.endedAt !== null) ? shown.id : "";
  const place = head?.pause ? JSON.stringify([head.pause.node, head.pause.scope, head.pause.seq]) : "";
  const asked = JSON.stringify(watches.filter((one) => one.trim()));
  useEffect(() => {
    const expressions = JSON.parse(asked) as string[];
    if (!id || expressions.length === 0) return;
    let wanted = true;
    const [node, scope] = place ? (JSON.parse(place) as [string | null, string]) : [null, ""];
    const look = async () => {
      try {
        const { data } = await api.POST("/api/executions/{execution_id}/evaluate", {
          params: { path: { execution_id: id } },
          body: { expressions, ...(node && { node, scope }) },
        });
        if (wanted) setFound(new Map(((data?.results ?? []) as Found[]).map((one) => [one.expression, one])));
      } catch (error) {
        const problem = { message: said(error) };
        if (wanted) setFound(new Map(expressions.map((expression) => [expression, { expression, problem }])));
      }
    };
    const timer = setTimeout(() => void look(), 250); // not at every letter
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [id, place, asked]);
  return found;
}

function Stubs() {
  const [{ stubs }, set] = usePlan();
  const { view } = useSession();
  const first = useDocument((document) => document.nodes[0]?.id ?? "");
  const change = (at: number, part: Partial<Stub>) =>
    set({ stubs: stubs.map((stub, index) => (index === at ? { ...stub, ...part } : stub)) });
  return (
    <Part
      title={t`Stand-ins`}
      help={t`A node that is not run, or a tool that is not called, gives this output instead, in runs from here.`}
      add={() => {
        const [selected] = view.getState().selected;
        set({ stubs: [...stubs, { of: "node", name: selected ?? first, output: "{}" }] });
      }}
    >
      {stubs.map((stub, index) => (
        // eslint-disable-next-line react/no-array-index-key -- they have no other name
        <div key={index} className="flex flex-col gap-1">
          <div className="flex items-center gap-1.5">
            <select
              aria-label={t`Stands in for`}
              className={LINE}
              value={stub.of}
              onChange={({ target }) =>
                change(index, target.value === "node" ? { of: "node", name: first } : { of: "tool", name: "" })
              }
            >
              <option value="node">{t`the node`}</option>
              <option value="tool">{t`the tool`}</option>
            </select>
            {stub.of === "node" ? (
              <Nodes label={t`Which node`} value={stub.name} onChange={(name) => change(index, { name })} />
            ) : (
              <input
                aria-label={t`Which tool`}
                placeholder="http_request"
                spellCheck={false}
                className={`${LINE} font-mono`}
                value={stub.name}
                onChange={({ target }) => change(index, { name: target.value })}
              />
            )}
            <input
              aria-label={t`Output, as JSON`}
              spellCheck={false}
              aria-invalid={parsed(stub.output) === undefined}
              className={`${LINE} font-mono`}
              value={stub.output}
              onChange={({ target }) => change(index, { output: target.value })}
            />
            <Remove
              what={t`Remove this stand-in`}
              onClick={() => set({ stubs: stubs.filter((_, other) => other !== index) })}
            />
          </div>
          {parsed(stub.output) === undefined ? (
            <p role="alert" className="text-xs text-fail">{t`The output is no JSON, so nothing stands in yet.`}</p>
          ) : null}
        </div>
      ))}
    </Part>
  );
}
