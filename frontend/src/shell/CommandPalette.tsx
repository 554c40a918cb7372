import { t } from "@lingui/core/macro";
import { Search, Zap } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Command } from "~/core/commands/registry";
import { match } from "~/core/commands/search";
import { Dialog } from "~/ui/Dialog";
import { Keys } from "~/ui/Keys";
import { Marked } from "~/ui/Marked";
import { type Finding, useFinders } from "./finders";
import { useCommandList } from "./useCommands";

interface Props {
  open: boolean;
  onClose: () => void;
}

/** ⌘K: one box for everything that can be done or gone to. Rooms add what they know through `finders`. */
export function CommandPalette({ open, onClose }: Props) {
  return (
    <Dialog label={t`Find anything`} open={open} onClose={onClose} className="mt-[9vh] w-[600px] max-w-[94vw]">
      <Box onClose={onClose} />
    </Dialog>
  );
}

const SHOWN = 8; // of each section; more letters narrow it down

function Box({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const sections = useSections(query);
  const flat = sections.flatMap(([, list]) => list);
  const act = (finding: Finding | undefined, connected: boolean) => {
    if (!finding) return;
    onClose();
    // After the dialog has given the focus back, so that what runs may move it.
    setTimeout(() => (connected && finding.connect ? finding.connect() : finding.run()));
  };
  return (
    <>
      <div className="flex h-[50px] items-center gap-3 border-b border-line px-4">
        <Search className="size-4 text-ink-3" aria-hidden />
        <input
          // The dialog is a search box: what is typed belongs here.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={flat[chosen] ? `palette-${chosen}` : undefined}
          aria-label={t`Find anything`}
          placeholder={t`Nodes, prompts, actions, workflows`}
          className="min-w-0 flex-1 bg-transparent text-base outline-none"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setChosen(0);
          }}
          onKeyDown={(event) => {
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (step) {
              event.preventDefault();
              setChosen((chosen + step + flat.length) % Math.max(flat.length, 1));
            } else if (event.key === "Enter") {
              event.preventDefault();
              act(flat[chosen], event.shiftKey);
            }
          }}
        />
        <Keys keys="escape" />
      </div>
      <div id="palette-list" role="listbox" aria-label={t`Found`} className="max-h-[58vh] overflow-auto p-2">
        {flat.length === 0 ? <p className="p-4 text-center text-ink-3">{t`Nothing has “${query}” in it.`}</p> : null}
        {sections.map(([title, list]) => (
          <div key={title} role="group" aria-label={title}>
            <div className="cap px-2 pt-2 pb-1" aria-hidden>
              {title}
            </div>
            {list.map((finding) => {
              const index = flat.indexOf(finding);
              return (
                // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are those of the search box
                <div
                  key={finding.id}
                  id={`palette-${index}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === chosen}
                  ref={(element) => {
                    if (index === chosen) element?.scrollIntoView({ block: "nearest" });
                  }}
                  className="flex h-9 cursor-pointer items-center gap-3 rounded-ctl px-2 aria-selected:bg-panel-3"
                  onMouseMove={() => setChosen(index)}
                  onClick={(event) => act(finding, event.shiftKey)}
                >
                  {finding.icon ?? <DoIcon />}
                  <span className="min-w-0 flex-1 truncate font-semibold">
                    <Marked text={finding.label} ranges={finding.ranges} />
                  </span>
                  <span className="shrink-0 text-xs text-ink-3">{finding.kind}</span>
                  {finding.keys ? <Keys keys={finding.keys} /> : null}
                </div>
              );
            })}
          </div>
        ))}
      </div>
      <Foot />
    </>
  );
}

function DoIcon() {
  return (
    <span className="grid size-5 shrink-0 place-items-center rounded-chip bg-k-term text-white">
      <Zap className="size-3" aria-hidden />
    </span>
  );
}

function Foot() {
  const entry = (keys: string[], text: string): ReactNode => (
    <span className="flex items-center gap-1.5">
      {keys.map((key) => (
        <Keys key={key} keys={key} />
      ))}
      {text}
    </span>
  );
  return (
    <div className="flex flex-wrap gap-4 border-t border-line px-4 py-2 text-xs text-ink-3">
      {entry(["↑", "↓"], t`move`)}
      {entry(["enter"], t`open`)}
      {entry(["shift+enter"], t`add and connect to the selection`)}
    </div>
  );
}

/** What fits, by section, the best first; the sections in the order of their best. */
function useSections(query: string): [string, Finding[]][] {
  const list = useCommandList();
  const finders = useFinders();
  const found = [
    ...finders.flatMap((finder) => finder(query)),
    ...list.flatMap((command) => asFinding(command, query)),
  ];
  const sections = new Map<string, Finding[]>();
  for (const finding of found.sort((a, b) => b.score - a.score)) {
    const section = sections.get(finding.section) ?? [];
    if (section.length < SHOWN) sections.set(finding.section, [...section, finding]);
  }
  return [...sections];
}

function asFinding(command: Command, query: string): Finding[] {
  if (command.id === "palette" || command.enabled?.() === false) return [];
  const label = command.label();
  const byOtherWords = command.also && match(query, command.also) ? { score: 10, ranges: [] } : null;
  const hit = match(query, label) ?? byOtherWords;
  const [keys] = command.keys ?? [];
  return hit ? [{ ...hit, id: command.id, section: t`Do`, label, kind: "", keys, run: command.run }] : [];
}
