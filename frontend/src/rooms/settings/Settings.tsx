import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { Cpu, Info, KeyRound, type LucideIcon, Plug, SunMoon } from "lucide-react";
import type { ComponentType } from "react";
import { type Part, PARTS } from "~/core/settings/parts";
import { settings } from "~/routes";
import { TopBar } from "~/shell/TopBar";
import { Panel } from "~/ui/Panel";
import { About } from "./About";
import { Appearance } from "./Appearance";
import { Providers } from "./Providers";
import { Secrets } from "./Secrets";
import { Servers } from "./Servers";

const ICONS: Record<Part, LucideIcon> = { models: Cpu, secrets: KeyRound, mcp: Plug, appearance: SunMoon, about: Info };
const PAGES: Record<Part, ComponentType> = {
  models: Providers,
  secrets: Secrets,
  mcp: Servers,
  appearance: Appearance,
  about: About,
};

/** What this server works with: models, secrets, servers of tools; and how it looks here. */
export function Settings() {
  const { part = "models" } = settings.useSearch();
  const Page = PAGES[part];
  return (
    <>
      <TopBar title={t`Settings`} />
      <div className="flex min-h-0 flex-1 max-md:flex-col">
        <nav
          aria-label={t`Settings`}
          className="flex w-[224px] shrink-0 flex-col gap-0.5 border-e border-line p-3 max-md:w-auto max-md:flex-row max-md:gap-0.5 max-md:overflow-x-auto max-md:border-e-0 max-md:border-b max-md:px-3 max-md:py-2"
        >
          {PARTS.map((one) => {
            const Icon = ICONS[one];
            return (
              <Link
                key={one}
                to="/settings"
                search={{ part: one }}
                aria-current={one === part ? "page" : undefined}
                className="flex h-[34px] shrink-0 items-center gap-2.5 rounded-ctl px-2.5 font-[550] text-ink-2 hover:bg-panel-2 max-md:h-11 max-sm:px-2 aria-[current]:bg-panel-3 aria-[current]:font-[650] aria-[current]:text-ink"
              >
                <Icon className="size-4 shrink-0 max-sm:hidden" strokeWidth={1.75} aria-hidden />
                {partName(one)}
              </Link>
            );
          })}
        </nav>
        <div className="min-h-0 min-w-0 flex-1 overflow-auto">
          <div className="max-w-[1080px] px-[30px] pt-6 pb-16 max-md:px-4 max-md:pt-4">
            <Panel key={part} name={partName(part)}>
              <Page />
            </Panel>
          </div>
        </div>
      </div>
    </>
  );
}

function partName(part: Part): string {
  switch (part) {
    case "models":
      return t`Models`;
    case "secrets":
      return t`Secrets`;
    case "mcp":
      return t`MCP servers`;
    case "appearance":
      return t`Appearance`;
    case "about":
      return t`About`;
  }
}
