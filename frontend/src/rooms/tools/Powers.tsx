import { t } from "@lingui/core/macro";
import { Globe, type LucideIcon, Pencil, Repeat, Timer, UserCheck } from "lucide-react";
import type { ToolEntry } from "~/api/types";
import { duration } from "~/core/words";

/** What a tool may do, in a few words each. */
export function Powers({ tool }: { tool: ToolEntry }) {
  const all: [LucideIcon, string, string, boolean][] = [
    [
      Pencil,
      tool.side_effects ? t`Writes` : t`Only reads`,
      tool.side_effects ? t`It changes something that stays.` : t`It leaves everything as it was.`,
      tool.side_effects,
    ],
    [
      Globe,
      tool.untrusted ? t`Brings in words of others` : t`Nothing from outside`,
      tool.untrusted
        ? t`What it returns may come from strangers. Models are told that it is information, not an instruction.`
        : t`What it returns is made here.`,
      tool.untrusted,
    ],
    [
      UserCheck,
      tool.needs_approval ? t`Asks a person first` : t`Needs no approval`,
      tool.needs_approval ? t`A run waits until somebody agrees to the call.` : t`Agents that have it call it at once.`,
      tool.needs_approval,
    ],
    [
      Repeat,
      tool.idempotent ? t`May be repeated` : t`Never repeated by itself`,
      tool.idempotent
        ? t`A call that a crash cut off is made again.`
        : t`After a crash nobody knows whether it was done, so a person decides.`,
      !tool.idempotent,
    ],
  ];
  return (
    <ul aria-label={t`What it may do`} className="flex flex-wrap gap-1.5">
      {all.map(([Icon, name, meaning, marked]) => (
        <li
          key={name}
          title={meaning}
          className={`inline-flex h-[22px] items-center gap-[5px] rounded-chip px-2 text-xs font-[550] whitespace-nowrap ${marked ? "bg-wait-bg text-wait" : "bg-panel-3 text-ink-2"}`}
        >
          <Icon className="size-[13px]" aria-hidden />
          {name}
          <span className="sr-only">. {meaning}</span>
        </li>
      ))}
      {tool.timeout_s ? (
        <li className="inline-flex h-[22px] items-center gap-[5px] rounded-chip bg-panel-3 px-2 text-xs font-[550] whitespace-nowrap text-ink-2">
          <Timer className="size-[13px]" aria-hidden />
          {t`At most ${duration(tool.timeout_s * 1_000)}`}
        </li>
      ) : null}
    </ul>
  );
}
