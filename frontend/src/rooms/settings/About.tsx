import { t } from "@lingui/core/macro";
import type { ReactNode } from "react";
import { server } from "~/api/client";
import type { Health } from "~/api/types";
import { said } from "~/core/run/command";
import { count } from "~/core/words";
import { Lamp, type LampStatus } from "~/ui/Lamp";
import { Advice } from "./CommandLine";
import { Heading, SubHeading } from "./Heading";

const EVERY_MS = 10_000;
const OF_MEMORY = ["W-EMBEDDER", "W-EMBEDDING"];

/** How the server is, and what would make it better. */
export function About() {
  const { data, error } = server.useQuery("get", "/health", {}, { refetchInterval: EVERY_MS });
  const others = data?.problems.filter(({ code }) => !OF_MEMORY.includes(code)) ?? [];
  return (
    <>
      <Heading title={t`About`}>{data ? t`Pointwork ${data.version} at ${location.host}` : null}</Heading>
      {error ? (
        <p role="alert" className="mt-5 rounded-ctl bg-fail-bg px-3 py-2.5 text-fail">
          {said(error)}
        </p>
      ) : null}
      {data ? <Facts health={data} /> : null}
      {others.length > 0 ? (
        <section aria-labelledby="problems-heading">
          <SubHeading id="problems-heading" title={t`What could be better`} />
          <ul className="mt-2.5 flex flex-col gap-2">
            {others.map((problem) => (
              <li key={problem.code + problem.message} className="rounded-ctl bg-wait-bg px-3 py-2.5 text-[12.5px]">
                <p className="font-semibold">{problem.message}</p>
                <Advice text={problem.hint} />
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <SubHeading id="more-heading" title={t`More`} />
      <p className="mt-1.5 text-[12.5px] text-ink-2">
        <a href="/docs" className="font-semibold text-focus underline">{t`The API of this server`}</a>{" "}
        {t`has everything that this app can do.`}
      </p>
    </>
  );
}

function Facts({ health }: { health: Health }) {
  const { journal } = health;
  const memory = health.problems.filter(({ code }) => OF_MEMORY.includes(code));
  const bytes = typeof journal.bytes === "number" ? journal.bytes : 0;
  const healthy = health.status === "healthy";
  return (
    <dl className="mt-[18px] overflow-hidden rounded-panel border border-line-2">
      <Fact lamp={healthy ? "succeeded" : "failed"} name={t`Journal`}>
        <p>
          {healthy ? t`Every step of every run is written down before it counts.` : t`Runs cannot begin now.`}
          {typeof journal.trouble === "string" && journal.trouble ? ` ${journal.trouble}` : ""}
        </p>
        <p className="font-mono text-xs break-all text-ink-3">
          {[journal.kind, journal.path].filter((one) => typeof one === "string").join(" · ")}
        </p>
        <p className="text-xs text-ink-3">
          {t`${size(bytes)}, safe against`}{" "}
          {journal.durability === "power" ? t`power cuts` : t`crashes of this program`}
          {typeof journal.queued === "number" && journal.queued > 0 ? ` · ${t`${count(journal.queued)} waiting`}` : ""}
        </p>
      </Fact>
      <Fact lamp={health.sandbox ? "succeeded" : "waiting"} name={t`Sandbox`}>
        <p>
          {health.sandbox
            ? t`Code of agents and workflows runs shut in.`
            : t`Code of agents and workflows does not run here: nothing on this machine can shut it in.`}
        </p>
        {health.sandbox ? <Layers text={health.sandbox} /> : null}
      </Fact>
      <Fact lamp={memory.length > 0 ? "waiting" : "succeeded"} name={t`Memory`}>
        <p>
          {memory.length > 0
            ? t`Memories are found, but less well than they could be.`
            : t`Memories are found by what they mean.`}
        </p>
        <p className="font-mono text-xs text-ink-3">{health.embedder ?? t`none`}</p>
        {memory.map((problem) => (
          <div key={problem.code} className="mt-1.5 rounded-ctl bg-wait-bg px-3 py-2.5 text-[12.5px]">
            <p>{problem.message}</p>
            <Advice text={problem.hint} />
          </div>
        ))}
      </Fact>
      <Fact lamp={health.model === "offline-demo" ? "idle" : "succeeded"} name={t`Model`}>
        <p className="font-mono text-xs">{health.model}</p>
        {health.model === "offline-demo" ? (
          <p className="text-xs text-ink-3">{t`A small grammar stands in until a provider is set up. It calculates, but understands no language.`}</p>
        ) : null}
      </Fact>
      <Fact lamp="succeeded" name={t`Viewers`}>
        <p>{t`${count(Number(health.sockets.viewers ?? 0))} live connections`}</p>
      </Fact>
    </dl>
  );
}

function Fact({ lamp, name, children }: { lamp: LampStatus; name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[150px_minmax(0,1fr)] gap-x-4 border-b border-line px-4 py-3 last:border-b-0 max-sm:grid-cols-1 max-sm:gap-y-1.5">
      <dt className="flex items-center gap-2 self-start font-[650]">
        <Lamp status={lamp} />
        {name}
      </dt>
      <dd className="flex min-w-0 flex-col gap-0.5">{children}</dd>
    </div>
  );
}

/** `linux-jail/landlock7+seccomp+mnt` as what it is made of. */
function Layers({ text }: { text: string }) {
  const [kind = "", layers = ""] = text.split("/");
  return (
    <p className="mt-1 flex flex-wrap items-center gap-1">
      <span className="pe-1 font-mono text-xs text-ink-3">{kind}</span>
      {layers
        .split("+")
        .filter(Boolean)
        .map((layer) => (
          <span key={layer} className="rounded-chip bg-panel-3 px-1.5 font-mono text-[11.5px] text-ink-2">
            {layer}
          </span>
        ))}
    </p>
  );
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
