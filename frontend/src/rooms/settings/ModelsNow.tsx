import { t } from "@lingui/core/macro";
import { useState } from "react";
import type { ModelEntry } from "~/api/types";
import { count } from "~/core/words";
import { Lamp } from "~/ui/Lamp";
import { titleOf } from "./kinds";
import { SubHeading } from "./Heading";

const MANY = 12; // from here on there is a box that searches

/** Which models can be used now, and why the others cannot. */
export function ModelsNow({ models }: { models: readonly ModelEntry[] }) {
  const [q, setQ] = useState("");
  const wanted = q.trim().toLowerCase();
  const found = models.filter(({ name, provider }) => `${name} ${provider}`.toLowerCase().includes(wanted));
  const now = found.filter(({ available }) => available);
  const not = found.filter(({ available }) => !available);
  if (models.length === 0) return null;
  return (
    <section aria-labelledby="models-heading">
      <SubHeading id="models-heading" title={t`Models for agents`}>
        {t`What an agent may name as its model.`}
      </SubHeading>
      {models.length > MANY ? (
        <input
          type="search"
          aria-label={t`Find a model`}
          placeholder={t`Find a model`}
          className="mt-2.5 h-8 w-72 max-w-full rounded-ctl border border-ctl bg-panel px-2.5"
          value={q}
          onChange={(event) => setQ(event.target.value)}
        />
      ) : null}
      <div className="mt-2.5 overflow-hidden rounded-panel border border-line-2">
        <Group
          title={t`Can be used now`}
          models={now}
          usable
          none={wanted ? t`None of them is called that.` : t`None. Set up a provider above.`}
        />
        {not.length > 0 ? <Group title={t`Not now`} models={not} usable={false} none="" /> : null}
      </div>
    </section>
  );
}

interface GroupProps {
  title: string;
  models: readonly ModelEntry[];
  usable: boolean;
  none: string;
}

function Group({ title, models, usable, none }: GroupProps) {
  return (
    <div className="border-b border-line last:border-b-0">
      <h4 className="cap flex gap-1.5 bg-panel-2 px-4 py-1.5">
        {title}
        <span className="font-normal">{count(models.length)}</span>
      </h4>
      {models.length === 0 ? <p className="px-4 py-2.5 text-xs text-ink-3">{none}</p> : null}
      <ul aria-label={title}>
        {models.map((model) => (
          <li
            key={`${model.provider} ${model.name}`}
            className="grid grid-cols-[16px_minmax(0,260px)_minmax(0,1fr)] items-baseline gap-x-2.5 border-t border-line px-4 py-1.5 max-sm:grid-cols-[16px_minmax(0,1fr)]"
          >
            <span className="translate-y-0.5">
              <Lamp status={usable ? "succeeded" : "idle"} size={14} />
            </span>
            <span className="min-w-0 font-mono text-xs break-words">{model.name}</span>
            <span className="min-w-0 text-xs break-words text-ink-3 max-sm:col-start-2">
              {model.reason || titleOf(model.provider)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
