import type { NodeProps } from "@xyflow/react";
import { t } from "@lingui/core/macro";
import { memo } from "react";
import { configOf, type DocumentNode, isObject, titleOf } from "~/core/document/document";
import { kindOf, outletsOf } from "~/core/nodes/kinds";
import { lampOf } from "~/core/run/lamps";
import { Lamp, statusWord } from "~/ui/Lamp";
import { Tile } from "~/ui/Tile";
import { useActivation, useDocument, useNode, useRounds, useSession, useShownRun } from "../session/hooks";
import type { CanvasNode } from "./convert";
import { Issue } from "./Issue";
import { StopMark } from "./StopMark";
import { useFaded } from "./NodeCard";
import { Ports } from "./Ports";

/** A loop, a map or a group: a frame around what is inside it. */
export const ContainerCard = memo(function ContainerCard({ id, selected, width = 0 }: NodeProps<CanvasNode>) {
  const node = useNode(id);
  const { catalogue } = useSession();
  const run = useShownRun();
  const activation = useActivation(id);
  const faded = useFaded(id);
  const empty = useDocument((document) => !document.nodes.some((one) => one.parent === id));
  if (!node) return null;
  const lit = run ? lampOf(activation?.status) : "idle";
  const colour = kindOf(node.type).tint === "loop" ? "var(--k-loop)" : "var(--k-map)";
  return (
    <div
      className={`relative h-full rounded-panel border-[1.5px] ${selected ? "shadow-[0_0_0_1.5px_var(--ink),0_0_0_5px_color-mix(in_srgb,var(--signal)_75%,transparent)]" : ""} ${faded || node.disabled ? "opacity-40" : ""} ${lit === "skipped" ? "border-dashed opacity-60" : ""}`}
      style={{ borderColor: colour, background: `color-mix(in srgb, ${colour} 7%, transparent)` }}
      data-status={run ? lit : undefined}
    >
      <Ports node={node} outlets={outletsOf(node, catalogue.types.get(node.type))} />
      <div className="flex h-8 items-center gap-2 px-3 text-[12.5px] font-[650]">
        <Tile type={node.type} size="small" />
        <span className="min-w-0 flex-1 truncate" dir="auto">
          {titleOf(node)}
        </span>
        {run && activation && lit !== "skipped" ? (
          <Progress node={node} />
        ) : (
          <span className="font-mono text-[11px] text-ink-3">{rule(node)}</span>
        )}
        {run && lit !== "idle" ? (
          <span title={statusWord(lit)}>
            <Lamp status={lit} />
          </span>
        ) : null}
      </div>
      {empty ? <p className="px-4 pt-6 text-center text-xs text-ink-3">{t`Drop here what is to be repeated`}</p> : null}
      {node.type === "loop" ? <Return width={width} text={condition(node)} /> : null}
      <Issue id={id} />
      <StopMark id={id} />
    </div>
  );
});

/** How often it went round, and how many rounds are done. */
function Progress({ node }: { node: DocumentNode }) {
  const activation = useActivation(node.id);
  const { begun: rounds, ended, failed } = useRounds(node.id);
  if (!activation) return null;
  const config = configOf(node);
  const most = Number(config.max_iterations ?? 0);
  const items = itemsOf(activation.input, config.items_source);
  const done = (activation.status === "completed" ? rounds : ended) - failed;
  const text =
    node.type === "map"
      ? items === null
        ? t`${done} done`
        : t`${done} of ${items}`
      : items === null
        ? most > 0 && most < 1_000
          ? t`round ${rounds} of ${most}`
          : t`round ${rounds}`
        : t`round ${rounds} of ${items}`;
  return (
    <span className="rounded-chip bg-run-bg px-1.5 py-0.5 font-mono text-[11px] font-semibold text-run">
      {text}
      {failed > 0 && node.type === "map" ? <span className="text-fail"> · {t`${failed} failed`}</span> : null}
    </span>
  );
}

/** How many items there are to go through, if that is known. */
function itemsOf(input: unknown, source: unknown): number | null {
  if (!isObject(input)) return null;
  const named = typeof source === "string" ? input[source] : undefined;
  const list = Array.isArray(named) ? named : Object.values(input).find((value) => Array.isArray(value));
  return Array.isArray(list) ? list.length : null;
}

function rule(node: DocumentNode): string {
  const config = configOf(node);
  switch (node.type) {
    case "map":
      return t`${Number(config.concurrency ?? 10)} at once`;
    case "loop":
      return config.max_iterations && config.loop_type !== "for_each" ? t`max ${Number(config.max_iterations)}` : "";
    default:
      return config.wait_for ? String(config.wait_for) : "";
  }
}

function condition(node: DocumentNode): string {
  const { loop_type: type = "for_each", condition: text } = configOf(node);
  if (type === "for_each") return t`next item`;
  const formula = typeof text === "string" ? text : "…";
  return type === "until" ? t`until ${formula}` : t`while ${formula}`;
}

/** The track that leads back under what is repeated. */
function Return({ width, text }: { width: number; text: string }) {
  const right = Math.max(width - 32, 120);
  return (
    <>
      <svg width={width} height={30} className="absolute start-0 bottom-0 overflow-visible" aria-hidden>
        <path d={`M${right} -8V4L${right - 10} 14H40L30 4V-6`} fill="none" stroke="var(--k-loop)" strokeWidth={2} />
        <path d="M25 -1l5 -7 5 7z" fill="var(--k-loop)" />
      </svg>
      <span
        className="absolute bottom-[5px] left-1/2 max-w-[60%] -translate-x-1/2 truncate bg-canvas px-2 font-mono text-[11px] font-semibold text-ink-2"
        dir="auto"
      >
        {text}
      </span>
    </>
  );
}
