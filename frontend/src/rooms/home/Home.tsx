import { t } from "@lingui/core/macro";
import { server } from "~/api/client";
import { TopBar } from "~/shell/TopBar";
import { Lamp } from "~/ui/Lamp";

/** What runs here, and the way to the workflows. */
export function Home() {
  const health = server.useQuery("get", "/health");
  return (
    <>
      <TopBar title={t`Home`} />
      <div className="tiles min-h-0 flex-1 overflow-auto p-6">
        <div className="mx-auto mt-[12vh] max-w-2xl rounded-panel border border-line-2 bg-panel p-4">
          {health.data ? (
            <p className="flex items-center gap-2">
              <Lamp status={health.data.status === "healthy" ? "succeeded" : "failed"} />
              <span className="font-semibold">{t`Server running`}</span>
              <span className="text-ink-3">{t`Model: ${health.data.model}`}</span>
            </p>
          ) : null}
          {health.error ? (
            <p role="alert" className="flex items-center gap-2">
              <Lamp status="failed" />
              {t`The server does not answer.`}
            </p>
          ) : null}
        </div>
      </div>
    </>
  );
}
