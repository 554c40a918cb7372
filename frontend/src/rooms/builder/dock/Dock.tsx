import { t } from "@lingui/core/macro";
import { X } from "lucide-react";
import { Tabs } from "radix-ui";
import { lazy, type PointerEvent, Suspense, useState } from "react";
import { IconButton } from "~/ui/Button";
import { Panel } from "~/ui/Panel";
import { useRunHead, useRunVersion, useSession, useShownRun, useView } from "../session/hooks";
import type { DockTab } from "../session/view";
import { Logs } from "./Logs";
import { Output } from "./Output";
import { Problems } from "./Problems";
import { Timeline } from "./Timeline";

const Debug = lazy(async () => ({ default: (await import("./Debug")).Debug }));

const SMALLEST = 120;

/** What opens under the canvas. */
export function Dock() {
  const { view } = useSession();
  const dock = useView((state) => state.dock);
  const [height, setHeight] = useState(214);
  if (!dock) return null;
  return (
    <section aria-label={t`Dock`} className="flex shrink-0 flex-col border-t border-line bg-panel" style={{ height }}>
      <Splitter height={height} onHeight={setHeight} />
      <Tabs.Root
        value={dock}
        onValueChange={(tab) => view.setState({ dock: tab as DockTab })}
        className="flex min-h-0 flex-1 flex-col"
      >
        <div className="flex h-[34px] shrink-0 items-center border-b border-line ps-2 pe-2">
          <DockTabs />
          <span className="flex-1" />
          <Connection />
          <IconButton label={t`Close the dock`} size="small" onClick={() => view.setState({ dock: null })}>
            <X />
          </IconButton>
        </div>
        <Tabs.Content value={dock} className="min-h-0 flex-1 overflow-hidden">
          <Panel name={dock}>
            {dock === "problems" ? <Problems /> : null}
            {dock === "timeline" ? <Timeline /> : null}
            {dock === "logs" ? <Logs /> : null}
            {dock === "output" ? <Output /> : null}
            {dock === "debug" ? (
              <Suspense>
                <Debug />
              </Suspense>
            ) : null}
          </Panel>
        </Tabs.Content>
      </Tabs.Root>
    </section>
  );
}

function DockTabs() {
  const live = useShownRun()?.live;
  useRunVersion();
  const tabs: [DockTab, string][] = live
    ? [
        ["timeline", t`Timeline`],
        ["logs", t`Logs ${live.logs.length}`],
        ["output", t`Output`],
        ["problems", t`Problems`],
        ["debug", t`Debug`],
      ]
    : [
        ["problems", t`Problems`],
        ["debug", t`Debug`],
      ];
  return (
    <Tabs.List aria-label={t`Dock`} className="flex min-w-0 gap-1 overflow-x-auto whitespace-nowrap">
      {tabs.map(([id, label]) => (
        <Tabs.Trigger
          key={id}
          value={id}
          className="relative h-[34px] px-2.5 font-[550] text-ink-3 data-[state=active]:text-ink data-[state=active]:after:absolute data-[state=active]:after:inset-x-2 data-[state=active]:after:-bottom-px data-[state=active]:after:h-[3px] data-[state=active]:after:bg-ink"
        >
          {label}
        </Tabs.Trigger>
      ))}
    </Tabs.List>
  );
}

/** Whether what is seen is what happens now. */
function Connection() {
  const shown = useShownRun();
  const head = useRunHead();
  if (!shown || !head || head.endedAt) return null;
  const live = shown.connection === "live";
  return (
    <span className="flex items-center gap-1.5 px-2 text-xs text-ink-2">
      <span className={`size-2 rounded-full ${live ? "bg-ok" : "border-2 border-wait"}`} aria-hidden />
      {live ? t`Live` : t`Reconnecting`}
    </span>
  );
}

function Splitter({ height, onHeight }: { height: number; onHeight: (height: number) => void }) {
  const set = (value: number) => onHeight(Math.min(Math.max(SMALLEST, value), innerHeight - 200));
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons === 1) set(innerHeight - event.clientY - 32);
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a separator that moves is a control
    <div
      role="separator"
      aria-label={t`Height of the dock`}
      aria-orientation="horizontal"
      aria-valuenow={Math.round(height)}
      aria-valuemin={SMALLEST}
      aria-valuemax={innerHeight - 200}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="-mt-1 h-1.5 shrink-0 cursor-row-resize touch-none"
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onKeyDown={(event) => {
        const step = { ArrowUp: 24, ArrowDown: -24 }[event.key];
        if (step) set(height + step);
      }}
    />
  );
}
