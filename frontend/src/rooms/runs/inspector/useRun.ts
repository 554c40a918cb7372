/** The run that the inspector shows: its trace, live, and what is known of the workflow that it is a run of. */
import { t } from "@lingui/core/macro";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { server } from "~/api/client";
import type { ExecutionSummary, StoredWorkflow } from "~/api/types";
import { configOf, type DocumentNode, readDocument } from "~/core/document/document";
import { flowOrder } from "~/core/document/graph";
import { type Connection, follow } from "~/core/run/stream";
import { Trace } from "~/core/trace/trace";

/** The trace of a run from its beginning on, live while it runs. */
export function useTrace(id: string): { trace: Trace; connection: Connection } {
  const [trace] = useState(() => new Trace());
  const [connection, setConnection] = useState<Connection>("connecting");
  useEffect(
    () => follow(id, { onMessages: (messages) => trace.take(messages), onConnection: setConnection }),
    [id, trace],
  );
  useSyncExternalStore(trace.subscribe, () => trace.version);
  return { trace, connection };
}

export interface Names {
  summary: ExecutionSummary | undefined;
  typeOf: (nodeId: string) => string;
  nameOf: (nodeId: string) => string;
  configOf: (nodeId: string) => unknown;
  /** The nodes of the outermost level, in the order in which a run meets them. */
  order: string[];
}

export function useNames(id: string): Names {
  const list = server.useQuery("get", "/api/executions", { params: { query: { q: id, limit: 1, digest: true } } });
  const summary = list.data?.find((row) => row.execution_id === id);
  const state = server.useQuery("get", "/api/executions/{execution_id}", { params: { path: { execution_id: id } } });
  const { workflow_id: workflowId, version } = summary ?? {};
  const workflow = server.useQuery(
    "get",
    "/api/workflows/{workflow_id}/versions/{number}",
    { params: { path: { workflow_id: workflowId ?? "", number: version ?? 1 } } },
    { enabled: Boolean(workflowId && version), staleTime: Infinity },
  );
  return useMemo(() => {
    const nodes = nodesOf(workflow.data);
    const types = state.data?.node_states ?? {};
    const last = (nodeId: string) => nodeId.slice(nodeId.lastIndexOf("/") + 1);
    return {
      summary,
      typeOf: (nodeId) => {
        const type = types[nodeId]?.type ?? nodes.get(nodeId)?.type ?? "";
        return type === "cycle" || last(nodeId).startsWith("loop:") ? "loop" : type;
      },
      nameOf: (nodeId) => {
        const header = /^loop:(.*)$/.exec(last(nodeId))?.[1];
        const name = nodes.get(header ?? nodeId)?.name || (header ?? last(nodeId));
        return header === undefined ? name : t`Rounds from ${name}`;
      },
      configOf: (nodeId) =>
        types[nodeId]?.config ?? (nodes.has(nodeId) ? configOf(nodes.get(nodeId) as DocumentNode) : null),
      order: nodes.size > 0 ? orderOf(workflow.data) : Object.keys(types),
    };
  }, [summary, state.data, workflow.data]);
}

function nodesOf(workflow: StoredWorkflow | undefined): Map<string, DocumentNode> {
  return new Map(workflow ? readDocument(workflow).nodes.map((node) => [node.id, node]) : []);
}

function orderOf(workflow: StoredWorkflow | undefined): string[] {
  return workflow
    ? flowOrder(readDocument(workflow)).flatMap(({ node, depth }) =>
        depth === 0 && node.type !== "note" ? [node.id] : [],
      )
    : [];
}
