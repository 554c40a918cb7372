import { t } from "@lingui/core/macro";
import { server } from "~/api/client";
import { TopBar } from "~/shell/TopBar";
import { Begin } from "./Begin";
import { Health } from "./Health";
import { Latest } from "./Latest";

const BUSY_MS = 4_000;

/** What to begin with; later what ran, what waits and what failed. */
export function Home() {
  const runs = server.useQuery(
    "get",
    "/api/executions",
    { params: { query: { limit: 8, digest: true } } },
    { refetchInterval: BUSY_MS },
  );
  const first = runs.data?.length === 0;
  return (
    <>
      <TopBar title={t`Home`} />
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <div className="tiles min-h-0 flex-1 overflow-auto p-6 focus-visible:-outline-offset-2 max-md:p-3" tabIndex={0}>
        <div className={`mx-auto flex max-w-[880px] flex-col gap-6 ${first ? "mt-[12vh] max-md:mt-2" : "mt-4"}`}>
          <Begin first={first} />
          {runs.data && !first ? <Latest runs={runs.data} /> : null}
          <Health />
        </div>
      </div>
    </>
  );
}
