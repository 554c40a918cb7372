import { t } from "@lingui/core/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api, server } from "~/api/client";
import type { SecretEntry } from "~/api/types";
import { said } from "~/core/run/command";
import { ago } from "~/core/words";
import { settings } from "~/routes";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { Lamp } from "~/ui/Lamp";
import { toast } from "~/ui/Toasts";
import { useNow } from "~/ui/useNow";
import { Forget } from "./Forget";
import { Heading } from "./Heading";
import { SecretForm } from "./SecretForm";

const LONG_UNUSED_MS = 90 * 86_400_000;
const CELL = "px-3 py-2.5 text-start align-middle";

/** What is stored under which name. Of the values nothing comes back. */
export function Secrets() {
  const { name: asked } = settings.useSearch();
  const navigate = useNavigate();
  const list = server.useQuery("get", "/api/secrets");
  const queries = useQueryClient();
  const [form, setForm] = useState<{ name: string; known: boolean } | null>(
    asked === undefined ? null : { name: asked, known: false },
  );
  const [going, setGoing] = useState<SecretEntry | null>(null);
  const changed = () => {
    for (const path of ["/api/secrets", "/api/providers", "/api/models"]) {
      void queries.invalidateQueries({ queryKey: ["get", path] });
    }
  };
  const forget = async (name: string) => {
    await api.DELETE("/api/secrets/{name}", { params: { path: { name } } });
    changed();
    toast(t`The secret ${name} is gone.`);
  };
  const now = useNow(60_000);
  return (
    <>
      <Heading
        title={t`Secrets`}
        action={
          <Button look="main" onClick={() => setForm({ name: "", known: false })}>
            <Plus aria-hidden />
            {t`Add secret`}
          </Button>
        }
      >
        {t`Write`} <code className="rounded-chip bg-panel-3 px-1 font-mono text-c-var">{"{{secret.NAME}}"}</code>{" "}
        {t`where a node may refer to one. Values are encrypted here, never shown again, and hidden in runs, logs and answers.`}
      </Heading>
      {list.error ? (
        <p role="alert" className="mt-5 text-fail">
          {said(list.error)}
        </p>
      ) : null}
      {list.data?.length === 0 ? (
        <Empty title={t`No secrets yet`} text={t`Keys and passwords belong here, not into workflows.`} />
      ) : null}
      {list.data && list.data.length > 0 ? (
        <div className="mt-[18px] overflow-hidden rounded-panel border border-line-2">
          <table className="w-full max-md:block">
            <thead className="border-b border-line text-xs text-ink-3 max-md:sr-only">
              <tr>
                <th scope="col" className={CELL}>{t`Name`}</th>
                <th scope="col" className={CELL}>{t`Value`}</th>
                <th scope="col" className={CELL}>{t`Last used`}</th>
                <th scope="col" className={CELL}>{t`Stored`}</th>
                <th scope="col" className={CELL}>
                  <span className="sr-only">{t`Actions`}</span>
                </th>
              </tr>
            </thead>
            <tbody className="max-md:block">
              {list.data.map((secret) => (
                <Row
                  key={secret.name}
                  secret={secret}
                  now={now}
                  onReplace={() => setForm({ name: secret.name, known: true })}
                  onForget={() => setGoing(secret)}
                />
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {form ? (
        <SecretForm
          name={form.name}
          known={form.known}
          names={list.data?.map(({ name }) => name) ?? []}
          onClose={() => {
            setForm(null);
            if (asked !== undefined) void navigate({ to: "/settings", search: { part: "secrets" }, replace: true });
          }}
          onStored={changed}
        />
      ) : null}
      {going ? (
        <Forget
          title={t`Remove ${going.name}?`}
          typed={going.name}
          action={t`Remove the secret`}
          onClose={() => setGoing(null)}
          onForget={() => forget(going.name)}
        >
          {t`Workflows and providers that need it fail from now on. The value cannot be brought back.`}
        </Forget>
      ) : null}
    </>
  );
}

interface RowProps {
  secret: SecretEntry;
  now: number;
  onReplace: () => void;
  onForget: () => void;
}

function Row({ secret, now, onReplace, onForget }: RowProps) {
  const used = secret.last_used_at;
  const idle = now - Date.parse(used ?? secret.updated_at) > LONG_UNUSED_MS;
  return (
    <tr className="border-b border-line last:border-b-0 max-md:flex max-md:flex-wrap max-md:items-center max-md:py-1">
      <th scope="row" className={`${CELL} font-mono text-[13px] font-[650] break-all max-md:w-full`}>
        {secret.name}
        {secret.readable ? null : <Flaw text={secret.reason} />}
        {secret.hidden ? null : (
          <Flaw text={t`Too short to be hidden where it turns up: it should have at least six characters.`} />
        )}
      </th>
      <td className={`${CELL} font-mono text-ink-3`}>
        <span aria-hidden>{"•".repeat(8)}</span>
        <span className="sr-only">{t`Not shown.`}</span>
        {secret.last_four ? (
          <>
            <span className="sr-only">{t`It ends in`}</span>
            {` ${secret.last_four}`}
          </>
        ) : null}
      </td>
      <td className={`${CELL} whitespace-nowrap`}>
        <span className="pe-1 text-xs text-ink-3 md:hidden">{t`Last used`}:</span>
        {idle ? (
          <span className="inline-flex items-center gap-1.5 text-xs font-semibold text-wait">
            <Lamp status="waiting" />
            {used ? t`Last used ${ago(used, now)}` : t`Never used`}
          </span>
        ) : used ? (
          <time dateTime={used} title={new Date(used).toLocaleString()}>
            {ago(used, now)}
          </time>
        ) : (
          <span className="text-ink-3">{t`not used yet`}</span>
        )}
      </td>
      <td className={`${CELL} whitespace-nowrap text-ink-2`}>
        <span className="pe-1 text-xs text-ink-3 md:hidden">{t`Stored`}:</span>
        <time dateTime={secret.updated_at} title={new Date(secret.updated_at).toLocaleString()}>
          {secret.updated_at === secret.created_at
            ? ago(secret.created_at, now)
            : t`replaced ${ago(secret.updated_at, now)}`}
        </time>
      </td>
      <td className={`${CELL} text-end whitespace-nowrap`}>
        <Button look="ghost" size="small" onClick={onReplace}>
          {t`Replace`}
          <span className="sr-only">{secret.name}</span>
        </Button>
        <Button look="ghost" size="small" className="text-fail!" onClick={onForget}>
          {t`Remove`}
          <span className="sr-only">{secret.name}</span>
        </Button>
      </td>
    </tr>
  );
}

function Flaw({ text }: { text: string }) {
  return <span className="mt-0.5 block font-sans text-xs font-normal break-normal text-wait">{text}</span>;
}
