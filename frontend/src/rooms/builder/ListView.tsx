import { t } from "@lingui/core/macro";
import { ArrowRight, Trash2 } from "lucide-react";
import { useRef, type KeyboardEvent } from "react";
import { useStore } from "zustand";
import { type DocumentNode, nodeOf, portOf, titleOf } from "~/core/document/document";
import { disconnect, removeNodes } from "~/core/document/edit";
import { flowOrder } from "~/core/document/graph";
import { outletsOf } from "~/core/nodes/kinds";
import { lampOf } from "~/core/run/lamps";
import { Button, IconButton } from "~/ui/Button";
import { Lamp, statusWord } from "~/ui/Lamp";
import { Menu } from "~/ui/Menu";
import { Tile } from "~/ui/Tile";
import { refusalOf, tryConnect } from "./canvas/connecting";
import { useActivation, useDocument, useProblems, useSession, useShownRun, useView } from "./session/hooks";
import { commands } from "~/core/commands/registry";

/** The workflow as a list, in the order in which a run meets its nodes: everything the canvas can, by keyboard. */
export function ListView() {
  const document = useDocument((one) => one);
  const list = useRef<HTMLUListElement>(null);
  const rows = flowOrder(document);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !(event.target instanceof HTMLElement) || event.target.dataset.row === undefined) return;
    event.preventDefault();
    const all = [...(list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    all[all.indexOf(event.target) + step]?.focus();
  };
  return (
    <div className="tiles h-full overflow-auto p-6">
      <div className="mx-auto max-w-3xl rounded-panel border border-line-2 bg-panel">
        <div className="flex items-center gap-2 border-b border-line px-4 py-2.5">
          <h2 className="flex-1 text-[15px] font-bold">{t`Nodes in order`}</h2>
          <Button size="small" onClick={() => commands.run("canvas.add")}>{t`Add a node`}</Button>
          <Button size="small" onClick={() => commands.run("view.list")}>{t`Show canvas`}</Button>
        </div>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- arrows go from button to button */}
        <ul ref={list} aria-label={t`Nodes in order`} onKeyDown={onKeyDown}>
          {rows.map(({ node, depth }) => (
            <Row key={node.id} node={node} depth={depth} />
          ))}
        </ul>
        {rows.length === 0 ? (
          <p className="p-4 text-ink-3">{t`Nothing here yet. Press / to add the first node.`}</p>
        ) : null}
      </div>
    </div>
  );
}

function Row({ node, depth }: { node: DocumentNode; depth: number }) {
  const session = useSession();
  const { documents, view } = session;
  const document = useDocument((one) => one);
  const selected = useView((state) => state.selected.has(node.id));
  const run = useShownRun();
  const activation = useActivation(node.id);
  const problems = useProblems().byNode.get(node.id)?.length ?? 0;
  const lit = lampOf(activation?.status);
  const kind = session.catalogue.types.get(node.type)?.title ?? node.type;
  const stops = useStore(session.debugging.store, ({ points }) => points.some((point) => point.node === node.id));
  const said = [
    titleOf(node),
    kind,
    run ? statusWord(lit) : "",
    stops ? t`breakpoint` : "",
    problems === 0 ? "" : problems === 1 ? t`1 problem` : t`${problems} problems`,
  ];
  const out = document.edges.filter((edge) => edge.source === node.id);
  return (
    <li
      className={`border-b border-line px-4 py-2 ${selected ? "bg-panel-3" : ""}`}
      style={{ paddingInlineStart: 16 + depth * 28 }}
    >
      <div className="flex items-center gap-2.5">
        <Tile type={node.type} size="small" />
        <button
          type="button"
          data-row=""
          aria-label={said.filter(Boolean).join(", ")}
          aria-pressed={selected}
          className="min-w-0 flex-1 truncate text-start font-[650]"
          dir="auto"
          onClick={() => {
            view.select(node.id);
            view.setState({ panel: true });
          }}
        >
          {titleOf(node)} <span className="font-normal text-ink-3">{kind}</span>
        </button>
        {stops ? <span aria-hidden className="size-3 rounded-full bg-fail" /> : null}
        {run ? <Lamp status={lit} /> : null}
        {problems > 0 ? <Lamp status="failed" /> : null}
        {node.type === "end" ? null : <ConnectMenu node={node} />}
        <IconButton
          label={t`Delete ${titleOf(node)}`}
          size="small"
          onClick={() => documents.edit(removeNodes([node.id]))}
        >
          <Trash2 />
        </IconButton>
      </div>
      {out.length > 0 ? (
        <ul className="mt-1 flex flex-col gap-0.5 ps-7" aria-label={t`Tracks from ${titleOf(node)}`}>
          {out.map((edge) => {
            const target = titleOf(nodeOf(document, edge.target) ?? { id: edge.target });
            const port = portOf(edge);
            return (
              <li key={edge.id} className="flex items-center gap-2 text-xs text-ink-2">
                <ArrowRight className="size-3.5 text-ink-3" aria-hidden />
                {port === "out" ? null : <span className="font-mono font-semibold">{port}</span>}
                <span className="flex-1" dir="auto">
                  {target}
                </span>
                <button
                  type="button"
                  aria-label={t`Remove the track to ${target}`}
                  className="rounded-chip px-1.5 text-ink-3 hover:text-fail"
                  onClick={() => documents.edit(disconnect(new Set([edge.id])))}
                >
                  {t`Remove`}
                </button>
              </li>
            );
          })}
        </ul>
      ) : null}
    </li>
  );
}

/** Connect to another node, by each of the outlets. */
function ConnectMenu({ node }: { node: DocumentNode }) {
  const session = useSession();
  const document = useDocument((one) => one);
  const named = outletsOf(node, session.catalogue.types.get(node.type)).map((outlet) => outlet.name);
  const outlets = [...named, "error"];
  const targets = document.nodes.filter((other) => refusalOf(document, node.id, other.id) === null);
  const entries = outlets.flatMap((port) =>
    targets
      .filter(
        (other) => !document.edges.some((e) => e.source === node.id && e.target === other.id && portOf(e) === port),
      )
      .map((other) => ({
        label: port === "out" ? titleOf(other) : `${port} → ${titleOf(other)}`,
        icon: <Tile type={other.type} size="small" />,
        onSelect: () => void tryConnect(session, node.id, other.id, port),
      })),
  );
  return (
    <Menu
      label={t`Connect ${titleOf(node)} to`}
      trigger={
        <Button size="small" disabled={entries.length === 0} aria-label={t`Connect ${titleOf(node)} to…`}>
          {t`Connect to…`}
        </Button>
      }
      entries={entries}
    />
  );
}
