import { TopBar } from "~/shell/TopBar";
import { builder } from "~/routes";
import { server } from "~/api/client";

/** The room in which a workflow is drawn and run. */
export function Builder() {
  const { workflowId } = builder.useParams();
  const workflow = server.useQuery("get", "/api/workflows/{workflow_id}", {
    params: { path: { workflow_id: workflowId } },
  });
  return <TopBar title={workflow.data?.name ?? workflowId} parent={{ to: "/workflows", label: "Workflows" }} />;
}
