import { t } from "@lingui/core/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api, server } from "~/api/client";
import type { ProviderEntry, ProviderKind } from "~/api/types";
import { said } from "~/core/run/command";
import { settings } from "~/routes";
import { Button } from "~/ui/Button";
import { Lamp } from "~/ui/Lamp";
import { toast } from "~/ui/Toasts";
import { Forget } from "./Forget";
import { Heading } from "./Heading";
import { GRID, KINDS, modelsOf, notSetUp, titleOf } from "./kinds";
import { ModelsNow } from "./ModelsNow";
import { ProviderForm } from "./ProviderForm";
import { ProviderRow } from "./ProviderRow";

const EVERY_MS = 15_000;

/** Where models come from. */
export function Providers() {
  const { name: asked } = settings.useSearch();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const providers = server.useQuery("get", "/api/providers");
  const models = server.useQuery("get", "/api/models", {}, { refetchInterval: EVERY_MS });
  const [form, setForm] = useState<{ entry: ProviderEntry | null; kind: ProviderKind } | null>(() =>
    asked === undefined ? null : { entry: null, kind: KINDS.find((kind) => kind === asked) ?? "openai-compatible" },
  );
  const [going, setGoing] = useState<ProviderEntry | null>(null);
  const changed = () => {
    for (const path of ["/api/secrets", "/api/providers", "/api/models"]) {
      void queries.invalidateQueries({ queryKey: ["get", path] });
    }
    void queries.invalidateQueries({ queryKey: ["get", "/health"] });
  };
  const forget = async (name: string) => {
    await api.DELETE("/api/providers/{name}", { params: { path: { name } } });
    changed();
    toast(t`The provider ${name} is gone.`);
  };
  const list = providers.data ?? [];
  const all = models.data ?? [];
  return (
    <>
      <Heading
        title={t`Models`}
        action={
          <Button look="main" onClick={() => setForm({ entry: null, kind: "openai-compatible" })}>
            <Plus aria-hidden />
            {t`Add provider`}
          </Button>
        }
      >
        {t`Keys are encrypted on this server and never sent to the browser again.`}
      </Heading>
      {providers.error ? (
        <p role="alert" className="mt-5 text-fail">
          {said(providers.error)}
        </p>
      ) : null}
      {providers.data && models.data ? (
        <ul aria-label={t`Providers`} className="mt-[18px] overflow-hidden rounded-panel border border-line-2">
          {list.map((entry) => (
            <ProviderRow
              key={`${entry.source} ${entry.name}`}
              entry={entry}
              models={modelsOf(entry, all)}
              onEdit={() => setForm({ entry, kind: kindOf(entry) })}
              onForget={() => setGoing(entry)}
              onTested={() => void models.refetch()}
            />
          ))}
          {notSetUp(list, all).map(({ kind, reason }) => {
            const usable = all.some(({ provider, available }) => provider === kind && available);
            return (
              <li key={kind} className={`${GRID} min-h-14 border-b border-line py-2 last:border-b-0`}>
                <span className="text-sm font-[650]">{titleOf(kind)}</span>
                <span className="text-xs text-ink-3 max-lg:order-3 max-lg:col-span-2">{reason}</span>
                <span
                  className={`inline-flex items-center gap-1.5 text-xs font-semibold max-lg:order-2 ${usable ? "text-ok" : "text-idle"}`}
                >
                  <Lamp status={usable ? "succeeded" : "idle"} />
                  {usable ? t`Answers by itself` : t`Not set up`}
                </span>
                <span className="flex justify-end max-lg:order-4 max-lg:col-span-2">
                  <Button size="small" onClick={() => setForm({ entry: null, kind })}>
                    {t`Set up`}
                    <span className="sr-only">{titleOf(kind)}</span>
                  </Button>
                </span>
              </li>
            );
          })}
        </ul>
      ) : null}
      <ModelsNow models={all} />
      {form ? (
        <ProviderForm
          entry={form.entry}
          kind={form.kind}
          taken={list.map(({ name }) => name)}
          onClose={() => {
            setForm(null);
            if (asked !== undefined) void navigate({ to: "/settings", search: { part: "models" }, replace: true });
          }}
          onStored={changed}
        />
      ) : null}
      {going ? (
        <Forget
          title={t`Remove the provider ${going.name}?`}
          action={t`Remove the provider`}
          onClose={() => setGoing(null)}
          onForget={() => forget(going.name)}
        >
          {t`Agents whose model is called ${going.name}:… fail from now on. A key that was typed in with it is forgotten too.`}
        </Forget>
      ) : null}
    </>
  );
}

const kindOf = (entry: ProviderEntry): ProviderKind => KINDS.find((kind) => kind === entry.kind) ?? "openai-compatible";
