import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "~/api/client";
import { said } from "~/core/run/command";
import { toast } from "~/ui/Toasts";

/** Store a workflow that is like the template; its id. */
export async function takeTemplate(templateId: string): Promise<string> {
  const { data } = await api.POST("/api/templates/{template_id}/use", {
    params: { path: { template_id: templateId } },
  });
  return data?.id ?? "";
}

/** Take a template, and open what came of it. */
export function useTemplate(): (templateId: string) => Promise<void> {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return async (templateId) => {
    try {
      const workflowId = await takeTemplate(templateId);
      await queries.invalidateQueries({ queryKey: ["get", "/api/workflows"] });
      await navigate({ to: "/w/$workflowId", params: { workflowId } });
    } catch (error) {
      toast(said(error), { tone: "error" });
    }
  };
}
