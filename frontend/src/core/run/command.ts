/** What can be asked of a run, and how it is begun again. */
import { api } from "~/api/client";
import type { ControlInput } from "~/api/types";

/** Send a command; the id of the run that goes on, which after a retry may be another one. */
export async function command(executionId: string, body: ControlInput): Promise<string> {
  const { data } = await api.POST("/api/executions/{execution_id}/commands", {
    params: { path: { execution_id: executionId } },
    body,
  });
  return data?.execution_id ?? executionId;
}

/** Begin a run; its id. */
export async function execute(
  workflowId: string,
  inputs: Record<string, unknown>,
  more: { version?: number; execution_id?: string } = {},
): Promise<string> {
  const { data } = await api.POST("/api/workflows/{workflow_id}/execute", {
    params: { path: { workflow_id: workflowId } },
    body: { inputs: inputs as Record<string, never>, ...more } as never,
  });
  return data?.execution_id ?? "";
}

/** Go on from a point of a run, as a run of its own, perhaps with another version of the workflow; its id. */
export async function fork(executionId: string, at: number, version?: number): Promise<string> {
  const { data } = await api.POST("/api/executions/{execution_id}/fork", {
    params: { path: { execution_id: executionId } },
    body: { at, ...(version !== undefined && { version }) },
  });
  return data?.execution_id ?? "";
}

/** Tell what went wrong, as people read it. */
export function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const hint = "hint" in error && typeof error.hint === "string" ? error.hint : "";
  return `${error.message} ${hint}`.trim();
}
