import { t } from "@lingui/core/macro";
import { useStore, type NodeProps } from "@xyflow/react";
import { memo } from "react";
import { type DocumentNode, configOf, titleOf } from "~/core/document/document";
import { sentenceOf } from "~/core/forms/fields";
import { bodyTop } from "~/core/layout/sizes";
import { kindOf, outletsOf } from "~/core/nodes/kinds";
import type { Activation } from "~/core/run/activation";
import { lampOf } from "~/core/run/lamps";
import { brief, entriesOf } from "~/core/run/shown";
import { Lamp, statusWord } from "~/ui/Lamp";
import { Tile } from "~/ui/Tile";
import { useActivation, useNode, usePausedAt, useSession, useShownRun, useView } from "../session/hooks";
import type { CanvasNode } from "./convert";
import { Foot } from "./Foot";
import { Issue } from "./Issue";
import { Ports } from "./Ports";
import { StopMark } from "./StopMark";
import { ToolChips } from "./ToolChips";

const BORDERS: Record<string, string> = {
  running: "border-run shadow-[0_0_0_1.5px_var(--s-run),var(--shadow)]",
  succeeded: "border-ok",
  failed: "border-fail shadow-[0_0_0_1.5px_var(--s-fail)]",
  waiting: "border-wait shadow-[0_0_0_1.5px_var(--s-wait),var(--shadow)]",
  paused: "border-pause shadow-[0_0_0_2px_var(--s-pause)]",
  cancelled: "border-pause border-dashed",
  skipped: "border-dashed border-node-b [&>*:not(.react-flow\\_\\_handle)]:opacity-60",
};
const SELECTED =
  "border-ink! shadow-[0_0_0_1.5px_var(--ink),0_0_0_5px_color-mix(in_srgb,var(--signal)_75%,transparent)]!";

/** Whether a track that is being drawn may not end here: the node then steps back. */
export function useFaded(id: string): boolean {
  const from = useStore((state) => (state.connection.inProgress ? state.connection.fromNode?.id : undefined));
  const { documents } = useSession();
  if (!from || from === id) return false;
  const nodes = documents.get().nodes;
  const [a, b] = [nodes.find((node) => node.id === from), nodes.find((node) => node.id === id)];
  return b?.type === "start" || (a?.parent ?? null) !== (b?.parent ?? null);
}

/** Every node that is not a container, drawn from what the catalogue says of its type. */
export const NodeCard = memo(function NodeCard({ id, selected }: NodeProps<CanvasNode>) {
  const node = useNode(id);
  const { catalogue } = useSession();
  const run = useShownRun();
  const activation = useActivation(id);
  const faded = useFaded(id);
  const only = useView((state) => state.only);
  const around = useActivation(node?.parent ?? "");
  const pausedAt = usePausedAt(id);
  if (!node) return null;
  const type = catalogue.types.get(node.type);
  const outlets = outletsOf(node, type);
  // What was not reached waits for its turn; inside of what was not taken, it was not taken either.
  const unreached = around?.status === "skipped" ? "skipped" : "queued";
  const paused = pausedAt === "before" || (pausedAt === "at" && activation?.status !== "completed");
  const lit = run ? (paused ? "paused" : activation ? lampOf(activation.status) : unreached) : "idle";

  const dim = faded || (run && only && only !== lit) || node.disabled;
  const kind = kindOf(node.type);
  const round = kind.shape === "pill" ? "rounded-[26px]" : "rounded-ctl";
  return (
    <div
      className={`h-full border border-node-b bg-node shadow-node ${round} ${BORDERS[lit] ?? ""} ${selected ? SELECTED : ""} ${dim ? "opacity-40" : ""}`}
      data-status={run ? lit : undefined}
    >
      <Ports node={node} outlets={outlets} />
      {kind.shape === "pill" ? (
        <Pill node={node} />
      ) : (
        <>
          <Head node={node} lit={run ? lit : null} subtitle={kind.shape === "branch" ? "" : subtitleOf(node)} />
          {kind.shape === "branch" ? null : (
            <Body node={node} activation={activation} running={run !== null} outlets={outlets.length} />
          )}
          {outlets.length > 1 ? <Outlets names={outlets.map((outlet) => outlet.name)} /> : null}
        </>
      )}
      {kind.shape === "card" && run ? <Foot activation={activation} lit={lit} /> : null}
      <Issue id={id} />
      <StopMark id={id} />
    </div>
  );

  function subtitleOf(one: DocumentNode): string {
    const pattern = type?.card ?? one.type;
    const text = sentenceOf(pattern, configOf(one), catalogue.fields.get(one.type) ?? []);
    return one.type === "agent" ? text.replace(/^Ask /, "") : text;
  }
});

function Head({
  node,
  lit,
  subtitle,
}: {
  node: DocumentNode;
  lit: ReturnType<typeof lampOf> | null;
  subtitle: string;
}) {
  return (
    <div className="flex items-start gap-2 px-[9px] pt-2">
      <Tile type={node.type} />
      <div className="min-w-0 flex-1 pt-px">
        <div className="truncate text-[13.5px]/[1.25] font-[650]" dir="auto">
          {titleOf(node)}
        </div>
        {subtitle ? (
          <div className="truncate text-xs text-ink-3" dir="auto">
            {subtitle}
          </div>
        ) : null}
      </div>
      {lit && lit !== "idle" ? (
        <span title={statusWord(lit)} className="pt-0.5">
          <Lamp status={lit} />
        </span>
      ) : null}
    </div>
  );
}

function Pill({ node }: { node: DocumentNode }) {
  return (
    <div className="flex h-full items-center gap-2 px-3">
      <Tile type={node.type} round />
      <span className="truncate text-[13.5px] font-[650]" dir="auto">
        {titleOf(node)}
      </span>
    </div>
  );
}

function Outlets({ names }: { names: string[] }) {
  return (
    <div className="absolute end-0 top-12 text-end">
      {names.map((name) => (
        <div
          key={name}
          className="flex h-7 max-w-44 items-center justify-end pe-3.5 font-mono text-xs font-semibold text-ink-2"
        >
          <span className="truncate" dir="auto">
            {name}
          </span>
        </div>
      ))}
    </div>
  );
}

interface BodyProps {
  node: DocumentNode;
  activation: Activation | undefined;
  running: boolean;
  outlets: number;
}

function Body({ node, activation, running, outlets }: BodyProps) {
  const agent = node.type === "agent";
  if (!running) {
    return agent ? (
      <div className="absolute inset-x-0 top-[57px] border-t border-line px-[9px] py-[7px]">
        <ToolChips node={node} />
      </div>
    ) : null;
  }
  return (
    <div
      className={`absolute inset-x-0 overflow-hidden border-t border-line px-[9px] py-1.5 text-xs/4 text-ink-2 ${agent ? "h-[87px]" : "h-[35px]"}`}
      style={{ top: bodyTop(outlets) }}
    >
      {activation ? <Told activation={activation} lines={agent ? 5 : 1} /> : null}
    </div>
  );
}

/** What a node has to say in a run: what it writes, what came out, why it failed. */
function Told({ activation, lines }: { activation: Activation; lines: number }) {
  const { error, status, output, tail, steps } = activation;
  if (error) return <p className="line-clamp-5 break-words text-fail">{error}</p>;
  if (status === "running") {
    const step = steps.findLast((one) => one.status === "started" && one.kind !== "model");
    if (tail) {
      // The newest lines stay in view in a box of fixed size: no node grows while it writes.
      return (
        <div className="flex h-full flex-col-reverse overflow-hidden">
          <p className="mb-auto break-words whitespace-pre-wrap" dir="auto">
            {tail}
            <span className="ms-px inline-block h-3.5 w-[7px] bg-run align-[-2px]" aria-hidden />
          </p>
        </div>
      );
    }
    return step ? <p className="truncate font-mono text-ink-3">{step.name} …</p> : null;
  }
  if (status === "waiting") return <p className="truncate text-wait">{t`Waiting for an answer`}</p>;
  if (status !== "completed") return null;
  const entries = entriesOf(output, lines);
  if (entries.length > 0) {
    return entries.map(([key, value]) => (
      <p key={key} className="truncate font-mono" dir="auto">
        <span className="text-c-key">{key}</span> {value}
      </p>
    ));
  }
  return (
    <p className={`break-words whitespace-pre-wrap ${lines > 1 ? "line-clamp-5" : "truncate"}`} dir="auto">
      {brief(output, 300)}
    </p>
  );
}
