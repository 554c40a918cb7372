import { t } from "@lingui/core/macro";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { Shortcuts } from "~/core/commands/keys";
import { type Command, commands } from "~/core/commands/registry";
import { Panel } from "~/ui/Panel";
import { Toasts } from "~/ui/Toasts";
import { TooltipLayer } from "~/ui/Tooltip";
import { PLACES } from "./places";
import { Rail } from "./Rail";
import { useCommands } from "./useCommands";

const loadPalette = () => import("./CommandPalette");
const CommandPalette = lazy(async () => ({ default: (await loadPalette()).CommandPalette }));

/** What stands around every room: rail, shortcuts, palette, messages. */
export function Shell() {
  const [searching, setSearching] = useState(false);
  const navigate = useNavigate();
  useCommands(
    useMemo<Command[]>(
      () => [
        {
          id: "palette",
          label: () => t`Find anything`,
          group: "go",
          keys: ["mod+k"],
          run: () => setSearching(true),
        },
        ...PLACES.map<Command>(({ to, label, keys }) => ({
          id: `go ${to}`,
          label: () => t`Go to ${label()}`,
          group: "go",
          keys: [keys],
          run: () => void navigate({ to }),
        })),
      ],
      [navigate],
    ),
  );
  useShortcuts();
  useEffect(() => {
    // Whoever opens it types at once: it is there before.
    const timer = setTimeout(() => void loadPalette(), 500);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <div className="grid h-full grid-cols-[52px_minmax(0,1fr)] max-md:grid-cols-1 max-md:grid-rows-[minmax(0,1fr)_auto]">
        <Rail />
        <main className="flex min-h-0 min-w-0 flex-col">
          <Panel name={t`this room`}>
            <Outlet />
          </Panel>
        </main>
      </div>
      <Suspense>{searching ? <CommandPalette open onClose={() => setSearching(false)} /> : null}</Suspense>
      <Toasts />
      <TooltipLayer />
    </>
  );
}

function useShortcuts(): void {
  useEffect(() => {
    const shortcuts = new Shortcuts();
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const command = shortcuts.match(event, commands.list());
      if (!command) return;
      event.preventDefault();
      command.run();
    };
    globalThis.addEventListener("keydown", onKeyDown);
    return () => globalThis.removeEventListener("keydown", onKeyDown);
  }, []);
}
