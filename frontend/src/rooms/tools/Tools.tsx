import { t } from "@lingui/core/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Plug } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { api, server } from "~/api/client";
import type { ToolEntry } from "~/api/types";
import type { JsonObject } from "~/core/document/document";
import { loadValidator } from "~/core/forms/validate";
import { said } from "~/core/run/command";
import { wantedTools } from "~/core/tools/catalogue";
import { type Chosen, type Source, SOURCES } from "~/core/tools/chosen";
import { type Call, keepCall, recentCalls, subscribeCalls } from "~/core/tools/recent";
import { count } from "~/core/words";
import { tools as route } from "~/routes";
import { TopBar } from "~/shell/TopBar";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { Panel } from "~/ui/Panel";
import { useWide } from "~/ui/useWide";
import { Outcome } from "./Outcome";
import { Recent } from "./Recent";
import { ToolForm } from "./ToolForm";
import { ToolList } from "./ToolList";

/** Every tool that agents can have: look at it, call it, see what a model sees. */
export function Tools() {
  const chosen = route.useSearch();
  const navigate = useNavigate();
  const list = server.useQuery("get", "/api/tools");
  const wide = useWide(768);
  // A recent call that somebody wants back; the number tells two wishes for the same one apart.
  const [picked, setPicked] = useState<{ call: Call; number: number } | null>(null);
  const go = (next: Chosen, replace = false) => void navigate({ to: "/tools", search: next, replace });
  const all = list.data ?? [];
  const found = wantedTools(all, chosen);
  // On a wide screen something is always open; on a phone the list comes first.
  const shown = all.find(({ name }) => name === chosen.tool) ?? (wide && !chosen.tool ? found[0] : undefined);
  return (
    <>
      <TopBar
        title={t`Tools`}
        tabs={<Sources tools={all} chosen={chosen} />}
        actions={
          <Link
            to="/settings"
            search={{ part: "mcp" }}
            className="inline-flex h-8 items-center gap-[7px] rounded-ctl border border-line-2 bg-panel px-3 font-semibold whitespace-nowrap hover:bg-panel-2 max-sm:hidden [&_svg]:size-4"
          >
            <Plug aria-hidden />
            {t`MCP servers`}
          </Link>
        }
      />
      {list.error ? (
        <Empty title={t`The tools are not to be had`} text={said(list.error)}>
          <Button onClick={() => void list.refetch()}>{t`Try again`}</Button>
        </Empty>
      ) : null}
      {list.data ? (
        <div className="flex min-h-0 flex-1">
          <ToolList
            tools={found}
            chosen={chosen}
            shown={shown?.name}
            onSearch={(q) => {
              const { q: _, ...rest } = chosen;
              go(q ? { ...rest, q } : rest, true);
            }}
          />
          {shown ? (
            <Panel name={shown.title}>
              <Bench
                key={`${shown.name} ${picked?.call.tool === shown.name ? picked.number : ""}`}
                tool={shown}
                picked={picked?.call.tool === shown.name ? picked.call : null}
                onBack={() => {
                  const { tool: _, ...rest } = chosen;
                  go(rest);
                }}
                onPick={(call) => {
                  setPicked({ call, number: (picked?.number ?? 0) + 1 });
                  if (call.tool !== shown.name) go({ tool: call.tool });
                }}
              />
            </Panel>
          ) : chosen.tool ? (
            <div className="flex-1">
              <Empty
                title={t`There is no such tool`}
                text={t`No tool is called ${chosen.tool}. It may have been renamed, or its server is gone.`}
              />
            </div>
          ) : null}
        </div>
      ) : null}
    </>
  );
}

function Sources({ tools, chosen }: { tools: readonly ToolEntry[]; chosen: Chosen }) {
  const names: Record<Source, string> = { "built-in": t`Built in`, mcp: t`MCP servers`, own: t`Yours` };
  const { from, ...rest } = chosen;
  const entry = (source: Source | undefined, name: string, many: number) => (
    <Link
      key={name}
      to="/tools"
      search={source ? { ...rest, from: source } : rest}
      aria-current={from === source ? "page" : undefined}
      className="relative flex items-center px-3 font-[550] whitespace-nowrap text-ink-3 hover:text-ink aria-[current]:text-ink aria-[current]:after:absolute aria-[current]:after:inset-x-2.5 aria-[current]:after:-bottom-px aria-[current]:after:h-[3px] aria-[current]:after:bg-ink"
    >
      {name} {count(many)}
    </Link>
  );
  return (
    <nav aria-label={t`Where tools come from`} className="flex h-12 gap-0.5 max-md:hidden">
      {entry(undefined, t`All`, tools.length)}
      {SOURCES.flatMap((source) => {
        const many = tools.filter((tool) => tool.source === source).length;
        return many > 0 || from === source ? [entry(source, names[source], many)] : [];
      })}
    </nav>
  );
}

interface BenchProps {
  tool: ToolEntry;
  picked: Call | null;
  onBack: () => void;
  onPick: (call: Call) => void;
}

/** The form of a tool on one side, what came of it on the other. */
function Bench({ tool, picked, onBack, onPick }: BenchProps) {
  const calls = useSyncExternalStore(subscribeCalls, recentCalls);
  const before = picked ?? calls.find((one) => one.tool === tool.name) ?? null;
  const [values, setValues] = useState<JsonObject>(before?.arguments ?? {});
  const [call, setCall] = useState<Call | null>(before);
  const [busy, setBusy] = useState(false);
  const queries = useQueryClient();
  const [, ready] = useState(false);
  useEffect(() => {
    void loadValidator().then(() => ready(true));
  }, []);
  const run = async () => {
    setBusy(true);
    const begun = Date.now();
    const entry: Call = {
      id: `${begun} ${Math.random()}`,
      tool: tool.name,
      arguments: values,
      at: begun,
      failed: true,
      durationMs: 0,
      trial: null,
      refused: "",
    };
    try {
      const { data } = await api.POST("/api/tools/{name}/try", {
        params: { path: { name: tool.name } },
        body: { arguments: values as never },
      });
      if (data) Object.assign(entry, { trial: data, failed: data.failed, durationMs: data.duration_ms });
    } catch (error) {
      entry.refused = said(error);
    } finally {
      setBusy(false);
    }
    keepCall(entry);
    setCall(entry);
    // A server that was started for the call may say more about itself now.
    if (tool.source === "mcp") void queries.invalidateQueries({ queryKey: ["get", "/api/mcp"] });
  };
  return (
    <div className="grid min-h-0 min-w-0 flex-1 grid-cols-[minmax(340px,560px)_minmax(0,1fr)] max-xl:grid-cols-1 max-xl:auto-rows-max max-xl:overflow-auto">
      <div className="flex min-h-0 min-w-0 flex-col border-e border-line max-xl:border-e-0">
        <ToolForm
          tool={tool}
          values={values}
          busy={busy}
          onChange={setValues}
          onRun={() => void run()}
          onBack={onBack}
        />
      </div>
      <section aria-label={t`Outcome`} className="flex min-h-0 min-w-0 flex-col max-xl:border-t max-xl:border-line">
        <Outcome tool={tool} call={call} busy={busy} />
        <Recent calls={calls} shown={call?.id} onPick={onPick} />
      </section>
    </div>
  );
}
