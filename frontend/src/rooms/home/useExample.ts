import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "~/api/client";
import { execute, said } from "~/core/run/command";
import { takeTemplate } from "~/rooms/templates/useTemplate";
import { toast } from "~/ui/Toasts";

const EXAMPLE = "ask-the-calculator";

interface Running {
  workflowId: string;
  runId: string;
}

/** The example: taken from the templates the first time, then run as it stands. */
export function useExample(): { shown: Running | null; state: "idle" | "busy"; run: () => Promise<void> } {
  const [shown, setShown] = useState<Running | null>(null);
  const [state, setState] = useState<"idle" | "busy">("idle");
  const queries = useQueryClient();
  const run = async () => {
    setState("busy");
    try {
      const workflowId = (await known()) ?? (await takeTemplate(EXAMPLE));
      const runId = await execute(workflowId, {});
      setShown({ workflowId, runId });
      await queries.invalidateQueries({ queryKey: ["get", "/api/executions"] });
    } catch (error) {
      toast(said(error), { tone: "error" });
    } finally {
      setState("idle");
    }
  };
  return { shown, state, run };
}

/** The workflow that was made of the example before. */
async function known(): Promise<string | undefined> {
  const { data: template } = await api.GET("/api/templates/{template_id}", {
    params: { path: { template_id: EXAMPLE } },
  });
  const { data: list } = await api.GET("/api/workflows", {
    params: { query: { q: template?.title ?? "", limit: 50 } },
  });
  return list?.find((one) => one.name === template?.title)?.id;
}
