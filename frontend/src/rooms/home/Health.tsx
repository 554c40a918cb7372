import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { server } from "~/api/client";
import { PLACES } from "~/shell/places";
import { Lamp, type LampStatus } from "~/ui/Lamp";

const CALM_MS = 15_000;
const DEMO = "offline-demo";

/** How the server is, which model answers, and what else could. */
export function Health() {
  const health = server.useQuery("get", "/health", {}, { refetchInterval: CALM_MS });
  const models = server.useQuery("get", "/api/models", {}, { refetchInterval: CALM_MS });
  const usable = (models.data ?? []).filter((model) => model.available && model.name !== DEMO);
  const { data } = health;
  const settings = PLACES.find((place) => place.to === "/settings");
  const problems = data?.problems ?? [];
  return (
    <section aria-label={t`How things are`} className="rounded-panel border border-line-2 bg-panel">
      <ul className="grid md:grid-cols-3 md:divide-x md:divide-line">
        <Entry
          lamp={health.error ? "failed" : data ? (data.status === "healthy" ? "succeeded" : "failed") : "queued"}
          name={health.error ? t`The server does not answer` : data ? t`Server running` : t`Asking the server …`}
        >
          {health.error ? t`Is it still running?` : `${location.host}${data ? ` · ${data.version}` : ""}`}
        </Entry>
        <Entry
          lamp={usable.length > 0 ? "succeeded" : models.data ? "idle" : "queued"}
          name={usable.length > 0 ? t`Model ready` : models.data ? t`Only the demo model` : t`Models`}
        >
          {usable.length > 0 ? (
            data?.model
          ) : !models.data ? null : settings ? (
            <Link to={settings.to} className="font-semibold text-focus underline">{t`Add a key or a local model`}</Link>
          ) : (
            t`It calculates, but understands no language`
          )}
        </Entry>
        <Entry
          lamp={data?.sandbox ? "succeeded" : data ? "idle" : "queued"}
          name={data?.sandbox ? t`Code runs in a sandbox` : data ? t`No sandbox` : t`Sandbox`}
        >
          {data?.sandbox ? data.sandbox.split("/")[0] : data ? t`Code of agents and workflows does not run here` : null}
        </Entry>
      </ul>
      {problems.length > 0 ? (
        <ul className="border-t border-line px-4 py-2.5 text-xs text-wait">
          {problems.map((problem) => (
            <li key={problem.code + problem.message}>
              {problem.message} {problem.hint}
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function Entry({ lamp, name, children }: { lamp: LampStatus; name: string; children: ReactNode }) {
  return (
    <li className="flex items-center gap-3 px-4 py-3">
      <Lamp status={lamp} />
      <div className="min-w-0">
        <p className="font-semibold">{name}</p>
        <p className="truncate text-xs text-ink-3">{children}</p>
      </div>
    </li>
  );
}
