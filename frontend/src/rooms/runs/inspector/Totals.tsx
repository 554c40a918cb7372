import { t } from "@lingui/core/macro";
import type { Totals as Sum } from "~/core/trace/rows";
import { count, dollars, duration } from "~/core/words";

/** What the run took and used. */
export function Totals({ totals }: { totals: Sum }) {
  const entries: [string, string][] = [
    [t`Working time`, duration(totals.workingMs)],
    ...(totals.waitingMs >= 1_000 ? [[t`Waiting time`, duration(totals.waitingMs)] as [string, string]] : []),
    ...(totals.input + totals.output > 0
      ? [[t`Tokens`, t`${count(totals.input)} in · ${count(totals.output)} out`] as [string, string]]
      : []),
    ...(totals.modelCalls > 0
      ? [[t`Cost`, totals.cost === null ? t`no price known` : dollars(totals.cost)] as [string, string]]
      : []),
    [t`Model calls`, count(totals.modelCalls)],
    [t`Tool calls`, count(totals.toolCalls)],
    [t`Retries`, count(totals.retries)],
  ];
  return (
    <dl
      aria-label={t`Totals`}
      // On a phone it is wider than the screen, and scrolled by keys too.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="flex shrink-0 gap-x-9 overflow-x-auto border-b border-line px-4 py-3 max-md:gap-x-6 max-md:py-2"
    >
      {entries.map(([name, value]) => (
        <div key={name} className="shrink-0">
          <dt className="text-[11.5px] text-ink-3">{name}</dt>
          <dd className="text-[15px] font-[650] whitespace-nowrap">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
