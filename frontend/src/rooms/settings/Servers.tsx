import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { server } from "~/api/client";
import type { McpServer } from "~/api/types";
import { said } from "~/core/run/command";
import { Empty } from "~/ui/Empty";
import { Lamp, type LampStatus } from "~/ui/Lamp";
import { CommandLine } from "./CommandLine";
import { Heading } from "./Heading";

const EVERY_MS = 5_000;

/** The servers that the operator configured. They are approved at a terminal, and only there. */
export function Servers() {
  const list = server.useQuery("get", "/api/mcp", {}, { refetchInterval: EVERY_MS });
  const health = server.useQuery("get", "/health");
  const path = health.data?.journal.path;
  const folder = typeof path === "string" ? path.replace(/\/[^/]*$/, "") : "";
  return (
    <>
      <Heading title={t`MCP servers`}>
        {t`They bring tools of others. Only who runs this server can name and approve them: in mcp.json and at a terminal, not here.`}
      </Heading>
      {list.error ? (
        <p role="alert" className="mt-5 text-fail">
          {said(list.error)}
        </p>
      ) : null}
      {list.data?.length === 0 ? (
        <Empty
          title={t`No MCP server is configured`}
          text={
            folder
              ? t`The file ${`${folder}/mcp.json`} names them. After a new start they are here, to be approved.`
              : t`The file mcp.json in the data folder names them. After a new start they are here, to be approved.`
          }
        />
      ) : null}
      <ul className="mt-[18px] flex flex-col gap-3.5">
        {list.data?.map((one) => (
          <li key={one.name}>
            <ServerCard one={one} />
          </li>
        ))}
      </ul>
    </>
  );
}

const LAMPS: Record<McpServer["state"], LampStatus> = {
  disabled: "skipped",
  idle: "idle",
  running: "succeeded",
  failed: "failed",
};
const COLOURS: Record<McpServer["state"], string> = {
  disabled: "text-ink-3",
  idle: "text-ink-2",
  running: "text-ok",
  failed: "text-fail",
};

function stateWord(state: McpServer["state"]): string {
  switch (state) {
    case "disabled":
      return t`Switched off`;
    case "idle":
      return t`Not started yet`;
    case "running":
      return t`Running`;
    case "failed":
      return t`Failed`;
  }
}

function ServerCard({ one }: { one: McpServer }) {
  const changed = one.tools.filter(({ status }) => status !== "approved");
  return (
    <article aria-label={one.name} className="overflow-hidden rounded-panel border border-line-2">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3">
        <h3 className="font-mono text-sm font-[650]">{one.name}</h3>
        <span className={`inline-flex items-center gap-1.5 text-xs font-semibold ${COLOURS[one.state]}`}>
          <Lamp status={LAMPS[one.state]} />
          {stateWord(one.state)}
        </span>
        <span className="text-xs text-ink-3">
          {one.transport === "stdio" ? t`a program here` : t`reached by HTTP`}
          {one.server_info ? ` · ${one.server_info}` : ""}
        </span>
      </header>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 px-4 pb-3 text-xs max-sm:grid-cols-1">
        <dt className="text-ink-3">{t`Where`}</dt>
        <dd className="font-mono break-words">{one.where}</dd>
        <dt className="text-ink-3">{t`Kept in by`}</dt>
        <dd className="break-words">{one.confinement}</dd>
      </dl>
      {one.problem ? (
        <p role="alert" className="border-t border-line bg-fail-bg px-4 py-2.5 text-xs break-words text-fail">
          {one.problem}
        </p>
      ) : null}
      {one.tools.length === 0 ? (
        <Ask
          text={t`Nothing of it is approved yet, so agents cannot call anything. Look at what it offers, and agree:`}
          name={one.name}
        />
      ) : null}
      {changed.length > 0 ? (
        <Ask
          text={t`It offers something else than what was approved. What is marked is not called until you look at the change and agree again:`}
          name={one.name}
        />
      ) : null}
      {one.tools.length > 0 ? (
        <ul aria-label={t`Tools of ${one.name}`} className="border-t border-line">
          {one.tools.map((tool) => (
            <li key={tool.name} className="flex items-center gap-3 border-b border-line px-4 py-2 last:border-b-0">
              <Link
                to="/tools"
                search={{ tool: tool.name }}
                className="shrink-0 font-mono text-xs font-[650] text-focus underline max-sm:break-all max-sm:shrink"
              >
                {tool.title.slice(one.name.length + 1)}
              </Link>
              <span
                className="min-w-0 flex-1 truncate text-xs text-ink-3 max-sm:hidden"
                dir="auto"
                title={tool.description}
              >
                {tool.description}
              </span>
              <ToolStatus status={tool.status} />
              {tool.needs_approval ? <Fact text={t`asks a person`} /> : null}
              <Fact text={tool.side_effects ? t`may write` : t`only reads`} />
            </li>
          ))}
        </ul>
      ) : null}
    </article>
  );
}

function Ask({ text, name }: { text: string; name: string }) {
  return (
    <div className="flex items-start gap-2.5 border-t border-line bg-wait-bg px-4 py-3">
      <Lamp status="waiting" />
      <div className="flex min-w-0 flex-1 flex-col gap-2 text-[12.5px]">
        <p>{text}</p>
        <CommandLine command={`pointwork mcp approve ${name}`} />
      </div>
    </div>
  );
}

function ToolStatus({ status }: { status: McpServer["tools"][number]["status"] }) {
  if (status === "approved") {
    return (
      <span className="inline-flex items-center gap-1.5 text-xs font-semibold text-ok">
        <Lamp status="succeeded" size={14} />
        {t`Approved`}
      </span>
    );
  }
  return (
    <span className="inline-flex items-center gap-1.5 text-xs font-semibold text-wait">
      <Lamp status="waiting" size={14} />
      {status === "changed" ? t`Changed` : t`Gone`}
    </span>
  );
}

function Fact({ text }: { text: string }) {
  return <span className="rounded-chip bg-panel-3 px-1.5 text-[11.5px] whitespace-nowrap text-ink-2">{text}</span>;
}
