import { t } from "@lingui/core/macro";
import { Ellipsis, X } from "lucide-react";
import { Tabs } from "radix-ui";
import { useState } from "react";
import { type DocumentNode, titleOf } from "~/core/document/document";
import { renameNode, takeOut } from "~/core/document/edit";
import { commands } from "~/core/commands/registry";
import { Button, IconButton } from "~/ui/Button";
import { Menu } from "~/ui/Menu";
import { Tile } from "~/ui/Tile";
import { useNode, useProblems, useSession, useShownRun, useView } from "../session/hooks";
import { Inputs } from "./Inputs";
import { NodeId } from "./NodeId";
import { LastRun } from "./LastRun";
import { Rules } from "./Rules";
import { Setup } from "./Setup";
import { TestNode } from "./TestNode";
import { WorkflowPanel } from "./WorkflowPanel";

/** Everything about what is selected: one node, several, or the workflow itself. */
export function PropertyPanel() {
  const selected = useView((state) => state.selected);
  const [id = ""] = selected;
  const node = useNode(selected.size === 1 ? id : "");
  return (
    <aside
      aria-label={t`Properties`}
      className="flex min-h-0 flex-col border-s border-line bg-panel max-lg:absolute max-lg:inset-y-0 max-lg:end-0 max-lg:z-20 max-lg:w-[344px] max-lg:shadow-node max-sm:w-full"
    >
      {node ? (
        <NodePanel key={node.id} node={node} />
      ) : selected.size > 1 ? (
        <Several count={selected.size} />
      ) : (
        <WorkflowPanel />
      )}
    </aside>
  );
}

function NodePanel({ node }: { node: DocumentNode }) {
  const { documents, view } = useSession();
  const running = useShownRun() !== null;
  const wanted = useView((state) => state.focusField);
  const sent = useView((state) => state.panelTab);
  const [chosen, setTab] = useState(running ? "run" : "setup");
  // Whoever was sent to a field or a tab sees it, until a tab is chosen.
  const tab = wanted ? "setup" : (sent ?? chosen);
  const problems = useProblems().byNode.get(node.id)?.length ?? 0;
  const tabs = [
    { id: "setup", label: t`Setup`, note: problems > 0 ? String(problems) : "" },
    { id: "inputs", label: t`Inputs`, note: node.inputs?.length ? String(node.inputs.length) : "" },
    { id: "rules", label: t`Rules`, note: "" },
    { id: "run", label: t`Last run`, note: "" },
    { id: "test", label: t`Test`, note: "" },
  ];
  return (
    <>
      <div className="flex items-center gap-3 px-3.5 pt-3.5 pb-2">
        <Tile type={node.type} size="big" />
        <div className="min-w-0 flex-1">
          <input
            id="node-name"
            type="text"
            dir="auto"
            aria-label={t`Name`}
            className="w-full truncate rounded-chip bg-transparent text-[15px] font-bold hover:bg-panel-2"
            value={node.name ?? ""}
            placeholder={node.id}
            onChange={(event) => documents.edit(renameNode(node.id, event.target.value), `${node.id}.name`)}
          />
          <NodeId id={node.id} />
        </div>
        <IconButton label={t`Close the properties`} className="order-last lg:hidden" onClick={() => view.select()}>
          <X />
        </IconButton>
        <Menu
          label={t`More for ${titleOf(node)}`}
          trigger={
            <Button look="ghost" aria-label={t`More for ${titleOf(node)}`} className="w-8 px-0!">
              <Ellipsis aria-hidden />
            </Button>
          }
          entries={[
            { label: t`Test this node`, keys: "alt+enter", onSelect: () => void commands.run("run.test") },
            ...(node.type === "workflow"
              ? [
                  {
                    label: t`Open the workflow inside`,
                    keys: "o",
                    onSelect: () => void commands.run("canvas.open"),
                  },
                ]
              : []),
            { label: t`Duplicate`, keys: "mod+d", onSelect: () => void commands.run("edit.duplicate") },
            {
              label: t`Extract to a sub-workflow`,
              keys: "mod+e",
              onSelect: () => void commands.run("canvas.extract"),
            },
            { label: t`Wrap in a loop`, onSelect: () => void commands.run("canvas.wrap.loop") },
            {
              label: t`Take out of its container`,
              disabled: !node.parent,
              onSelect: () => documents.edit(takeOut(node.id)),
            },
            "line",
            { label: t`Delete`, keys: "delete", danger: true, onSelect: () => void commands.run("edit.delete") },
          ]}
        />
      </div>
      <Tabs.Root
        value={tab}
        onValueChange={(next) => {
          view.setState({ focusField: null, panelTab: null });
          setTab(next);
        }}
        className="flex min-h-0 flex-1 flex-col"
      >
        <Tabs.List
          aria-label={t`Properties of ${titleOf(node)}`}
          className="flex shrink-0 gap-1 border-b border-line px-2"
        >
          {tabs.map((one) => (
            <Tabs.Trigger
              key={one.id}
              value={one.id}
              className="relative h-9 px-2.5 font-[550] text-ink-3 data-[state=active]:text-ink data-[state=active]:after:absolute data-[state=active]:after:inset-x-2 data-[state=active]:after:-bottom-px data-[state=active]:after:h-[3px] data-[state=active]:after:bg-ink"
            >
              {one.label} {one.note}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value={tab} className="min-h-0 flex-1 overflow-auto p-3.5">
          {tab === "setup" ? <Setup node={node} /> : null}
          {tab === "inputs" ? <Inputs node={node} /> : null}
          {tab === "rules" ? <Rules node={node} /> : null}
          {tab === "run" ? <LastRun node={node} /> : null}
          {tab === "test" ? <TestNode node={node} /> : null}
        </Tabs.Content>
      </Tabs.Root>
    </>
  );
}

function Several({ count }: { count: number }) {
  return (
    <div className="flex flex-col gap-3 p-3.5">
      <h2 className="text-[15px] font-bold">{t`${count} nodes selected`}</h2>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => commands.run("canvas.wrap.loop")}>{t`Wrap in a loop`}</Button>
        <Button onClick={() => commands.run("canvas.wrap.map")}>{t`Wrap in a map`}</Button>
        <Button onClick={() => commands.run("canvas.extract")}>{t`Extract to a sub-workflow`}</Button>
        <Button onClick={() => commands.run("canvas.align.left")}>{t`Align left`}</Button>
        <Button onClick={() => commands.run("canvas.align.top")}>{t`Align top`}</Button>
        <Button onClick={() => commands.run("edit.copy")}>{t`Copy`}</Button>
        <Button look="danger" onClick={() => commands.run("edit.delete")}>{t`Delete`}</Button>
      </div>
    </div>
  );
}
