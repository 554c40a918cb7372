/** From a node that runs another workflow to that workflow, and in a run to what it does in there. */
import { t } from "@lingui/core/macro";
import { configKey, configOf, type DocumentNode, nodeOf } from "~/core/document/document";
import { router } from "~/routes";
import { toast } from "~/ui/Toasts";
import type { Session } from "./session/session";

/** The selected node, if it is a single one that runs a workflow. */
export function workflowNode(session: Session): DocumentNode | undefined {
  const [id, ...more] = session.view.getState().selected;
  const node = more.length === 0 ? nodeOf(session.documents.get(), id) : undefined;
  return node?.type === "workflow" ? node : undefined;
}

export function openInside(session: Session): void {
  const node = workflowNode(session);
  if (!node) return;
  const { workflow_id: workflowId } = configOf(node);
  if (typeof workflowId !== "string" || !workflowId) {
    toast(t`First choose the workflow that this node runs.`);
    session.view.setState({ panel: true, focusField: `${configKey(node.type)}.workflow_id` });
    return;
  }
  const { shown } = session.run.store.getState();
  // A run that began here is seen from one level in; one that is shown from inside already, from one level further.
  const via = shown && !shown.within ? [] : session.trail;
  void router.navigate({
    to: "/w/$workflowId",
    params: { workflowId },
    search: {
      via: [...via, { workflow: session.id, node: node.id }],
      ...(shown && { run: shown.id, inside: true as const }),
    },
  });
}
