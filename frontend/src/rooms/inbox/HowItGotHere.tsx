import { t } from "@lingui/core/macro";
import { server } from "~/api/client";
import type { InboxEntry } from "~/api/types";
import { brief } from "~/core/run/shown";
import type { Names } from "~/rooms/runs/inspector/useRun";
import { Tile } from "~/ui/Tile";

const SHOWN = 5;

/** What the run did before it came to ask, the latest steps of it. */
export function HowItGotHere({ entry, names }: { entry: InboxEntry; names: Names }) {
  const state = server.useQuery("get", "/api/executions/{execution_id}", {
    params: { path: { execution_id: entry.execution_id } },
  });
  const done = Object.entries(state.data?.node_states ?? {})
    .filter(([id, { status }]) => status === "completed" && id !== entry.node_id)
    .filter(([id, { output }]) => names.typeOf(id) !== "start" || !isEmpty(output))
    .sort(([, a], [, b]) => (a.completed_at ?? "").localeCompare(b.completed_at ?? ""))
    .slice(-SHOWN);
  if (done.length === 0) return null;
  return (
    <section aria-label={t`How it got here`} className="border-t border-line pt-3">
      <h3 className="cap mb-1">{t`How it got here`}</h3>
      <ol>
        {done.map(([id, node]) => (
          <li key={id} className="flex h-9 items-center gap-2">
            <Tile type={names.typeOf(id)} size="small" />
            <span className="max-w-[45%] shrink-0 truncate text-[13px] font-[650]" dir="auto">
              {names.nameOf(id)}
            </span>
            <span className="min-w-0 flex-1 truncate text-end text-xs text-ink-3" dir="auto">
              {isEmpty(node.output) ? null : brief(node.output, 120)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;
