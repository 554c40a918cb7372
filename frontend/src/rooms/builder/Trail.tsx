import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { server } from "~/api/client";
import type { Around } from "~/core/document/trail";

interface Props {
  trail: readonly Around[];
  /** The run of the outermost workflow that is on show. */
  run: string | null;
}

/** The way back out of a sub-workflow: each workflow around it, at the node that was opened. */
export function Trail({ trail, run }: Props) {
  return (
    <nav aria-label={t`Opened from`} className="min-w-0">
      <ol className="flex min-w-0 items-center gap-2.5">
        {trail.map((around, index) => (
          <Crumb key={`${index} ${around.workflow}`} around={around} before={trail.slice(0, index)} run={run} />
        ))}
      </ol>
    </nav>
  );
}

function Crumb({ around, before, run }: { around: Around; before: readonly Around[]; run: string | null }) {
  const params = { path: { workflow_id: around.workflow } };
  const stored = server.useQuery("get", "/api/workflows/{workflow_id}", { params });
  const node = stored.data?.nodes?.find((one) => one.id === around.node);
  return (
    <li className="flex min-w-0 items-center gap-2.5">
      <Link
        to="/w/$workflowId"
        params={{ workflowId: around.workflow }}
        search={{
          node: around.node,
          ...(before.length > 0 && { via: [...before] }),
          ...(run && { run }),
          ...(run && before.length > 0 && { inside: true as const }),
        }}
        title={t`Back, to ${node?.name || around.node}`}
        className="truncate text-ink-3 hover:text-ink"
        dir="auto"
      >
        {stored.data?.name || around.workflow}
      </Link>
      <span className="text-ink-3" aria-hidden>
        /
      </span>
    </li>
  );
}
