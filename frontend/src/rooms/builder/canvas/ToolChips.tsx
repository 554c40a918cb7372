import { t } from "@lingui/core/macro";
import { Wrench } from "lucide-react";
import { configOf, type DocumentNode } from "~/core/document/document";

const SHOWN = 2;

/** The tools of an agent, or the beginning of what it is told. */
export function ToolChips({ node }: { node: DocumentNode }) {
  const { tools, prompt, system_prompt: system } = configOf(node);
  const names = Array.isArray(tools) ? tools.map(String) : [];
  if (names.length === 0) {
    const told = [prompt, system].find((text) => typeof text === "string" && text !== "");
    return (
      <p className="truncate text-xs/[19px] text-ink-3" dir="auto">
        {typeof told === "string" ? told : t`Not told anything yet`}
      </p>
    );
  }
  const shown = names.slice(0, names.join("").length > 22 ? 1 : SHOWN);
  return (
    <div className="flex gap-1">
      {shown.map((name) => (
        <span
          key={name}
          className="inline-flex h-[19px] min-w-0 items-center gap-1 rounded-chip bg-panel-3 px-1.5 font-mono text-[11.5px] font-[550] text-ink-2"
        >
          <Wrench className="size-3 shrink-0" aria-hidden />
          <span className="truncate">{name}</span>
        </span>
      ))}
      {names.length > shown.length ? (
        <span className="inline-flex h-[19px] items-center rounded-chip bg-panel-3 px-1.5 font-mono text-[11.5px] font-[550] text-ink-2">
          +{names.length - shown.length}
        </span>
      ) : null}
    </div>
  );
}
