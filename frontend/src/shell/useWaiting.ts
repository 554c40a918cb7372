import { keepPreviousData } from "@tanstack/react-query";
import { server } from "~/api/client";
import type { InboxEntry } from "~/api/types";

const CALM_MS = 4_000;
const LOOKED_AT = 500; // executions; the server looks at the newest first

/** What waits for a person now; asked again and again while the page is seen. */
export function useWaiting() {
  return server.useQuery(
    "get",
    "/api/inbox",
    { params: { query: { limit: LOOKED_AT } } },
    { refetchInterval: CALM_MS, placeholderData: keepPreviousData },
  );
}

const NONE: InboxEntry[] = [];

export function useWaitingCount(): number {
  return (useWaiting().data ?? NONE).length;
}
