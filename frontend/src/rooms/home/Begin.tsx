import { t } from "@lingui/core/macro";
import { useNavigate } from "@tanstack/react-router";
import { LayoutGrid, Play, SquarePlus } from "lucide-react";
import type { ReactNode } from "react";
import { api, server } from "~/api/client";
import { said } from "~/core/run/command";
import { Button } from "~/ui/Button";
import { toast } from "~/ui/Toasts";
import { Example } from "./Example";
import { useExample } from "./useExample";

/** Three ways to begin: run an example, take a template, draw. */
export function Begin({ first }: { first: boolean }) {
  const navigate = useNavigate();
  const templates = server.useQuery("get", "/api/templates", {}, { staleTime: Infinity });
  const health = server.useQuery("get", "/health");
  const example = useExample();
  const list = templates.data ?? [];
  const keyless = list.filter((one) => !one.needs.includes("model")).length;
  const blank = async () => {
    try {
      const { data } = await api.POST("/api/workflows", { body: { name: t`Untitled`, nodes: [], edges: [] } as never });
      if (data?.id) await navigate({ to: "/w/$workflowId", params: { workflowId: data.id } });
    } catch (error) {
      toast(said(error), { tone: "error" });
    }
  };
  const demo = health.data?.model === "offline-demo";
  return (
    <section aria-label={t`Begin`}>
      {first ? (
        <>
          <h2 className="text-[30px]/[1.2] font-bold">{t`Build your first workflow`}</h2>
          <p className="mt-1.5 mb-6 text-base text-ink-2">
            {demo
              ? t`No model is set up yet. The example below works without one.`
              : t`A model is set up, so everything below works.`}
          </p>
        </>
      ) : null}
      <div className="grid gap-3.5 md:grid-cols-3">
        <Card
          first={first}
          icon={<Play aria-hidden />}
          title={t`Run a finished example`}
          text={t`An agent calculates with a tool. A few seconds, without a key.`}
        >
          <Button
            look={first ? "main" : "plain"}
            size={first ? "normal" : "small"}
            disabled={example.state === "busy"}
            onClick={() => void example.run()}
          >
            {example.state === "busy" ? t`Running…` : t`Run it`}
          </Button>
        </Card>
        <Card
          first={first}
          icon={<LayoutGrid aria-hidden />}
          title={t`Start from a template`}
          text={list.length > 0 ? t`${list.length} workflows, ${keyless} need no key.` : t`Workflows to begin with.`}
        >
          <Button size="small" onClick={() => void navigate({ to: "/templates" })}>{t`Browse`}</Button>
        </Card>
        <Card
          first={first}
          icon={<SquarePlus aria-hidden />}
          title={t`Blank canvas`}
          text={t`Press / to add the first node.`}
        >
          <Button size="small" onClick={() => void blank()}>{t`Open`}</Button>
        </Card>
      </div>
      {example.shown ? <Example runId={example.shown.runId} workflowId={example.shown.workflowId} /> : null}
    </section>
  );
}

interface CardProps {
  first: boolean;
  icon: ReactNode;
  title: string;
  text: string;
  children: ReactNode;
}

/** Later, on a phone, only a line: what ran matters more then. */
function Card({ first, icon, title, text, children }: CardProps) {
  const line = first ? "" : "max-md:flex-row max-md:items-center max-md:gap-3 max-md:px-4 max-md:py-2.5";
  return (
    <div className={`flex flex-col items-start rounded-panel border border-line-2 bg-panel p-4 [&>svg]:size-4 ${line}`}>
      {icon}
      <h3 className={`mt-2.5 text-[15px] font-[650] ${first ? "" : "max-md:mt-0 max-md:flex-1 max-md:text-[13px]"}`}>
        {title}
      </h3>
      <p className={`mt-1 mb-3.5 flex-1 text-[13px] text-ink-3 ${first ? "" : "max-md:hidden"}`}>{text}</p>
      {children}
    </div>
  );
}
