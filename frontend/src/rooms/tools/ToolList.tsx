import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { Lock, Search } from "lucide-react";
import type { KeyboardEvent } from "react";
import type { ToolEntry } from "~/api/types";
import { match } from "~/core/commands/search";
import { groupsOfTools, shortName } from "~/core/tools/catalogue";
import type { Chosen, Source } from "~/core/tools/chosen";
import { Marked } from "~/ui/Marked";

interface Props {
  tools: readonly ToolEntry[];
  chosen: Chosen;
  shown: string | undefined;
  onSearch: (q: string) => void;
}

/** All tools, by where they come from. Arrows walk through them. */
export function ToolList({ tools, chosen, shown, onSearch }: Props) {
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const links = [...event.currentTarget.querySelectorAll<HTMLElement>("input, a")];
    const here = links.indexOf(document.activeElement as HTMLElement);
    links[Math.min(links.length - 1, Math.max(0, here + step))]?.focus();
    event.preventDefault();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the arrows help those who tab through the links
    <nav
      aria-label={t`Tools`}
      onKeyDown={onKeyDown}
      className={`flex min-h-0 w-[272px] shrink-0 flex-col gap-1 overflow-auto border-e border-line p-3 max-xl:w-[220px] max-md:w-auto max-md:flex-1 max-md:border-e-0 ${chosen.tool ? "max-md:hidden" : ""}`}
    >
      <label className="flex h-8 shrink-0 items-center gap-2 rounded-ctl border border-ctl bg-panel px-2.5">
        <Search className="size-4 shrink-0 text-ink-3" aria-hidden />
        <input
          type="search"
          aria-label={t`Find a tool`}
          placeholder={t`Find a tool`}
          className="min-w-0 flex-1 bg-transparent outline-none"
          value={chosen.q ?? ""}
          onChange={(event) => onSearch(event.target.value)}
        />
      </label>
      {tools.length === 0 ? (
        <p className="px-2 py-3 text-xs text-ink-3">{t`No tool is called that or does that.`}</p>
      ) : null}
      {groupsOfTools(tools).map(([source, server, list]) => {
        const name = groupName(source, server);
        return (
          <section key={name} aria-label={name} className="mt-2">
            <h2 className="cap px-2 pb-1.5">{name}</h2>
            <ul className="flex flex-col">
              {list.map((tool) => (
                <li key={tool.name}>
                  <Link
                    to="/tools"
                    search={{ ...chosen, tool: tool.name }}
                    aria-current={tool.name === shown ? "page" : undefined}
                    className="flex h-8 items-center gap-2 rounded-ctl px-2 font-mono text-[12.5px] hover:bg-panel-2 max-md:h-11 aria-[current]:bg-panel-3 aria-[current]:font-[650]"
                  >
                    <span className="min-w-0 flex-1 truncate">
                      <Marked text={shortName(tool)} ranges={match(chosen.q ?? "", shortName(tool))?.ranges ?? []} />
                    </span>
                    {tool.needs_approval ? (
                      <>
                        <Lock className="size-3.5 shrink-0 text-ink-3" aria-hidden />
                        <span className="sr-only">{t`asks a person first`}</span>
                      </>
                    ) : null}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}

export function groupName(source: Source, server: string): string {
  switch (source) {
    case "built-in":
      return t`Built in`;
    case "mcp":
      return t`${server}, MCP`;
    case "own":
      return t`Yours`;
  }
}
