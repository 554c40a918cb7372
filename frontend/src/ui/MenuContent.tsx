import { DropdownMenu as Radix } from "radix-ui";
import { Keys } from "./Keys";
import type { MenuProps } from "./Menu";

/** The menu itself; `Menu` loads it, and says whether it is to be open from the beginning. */
export function MenuContent({ label, trigger, entries, align = "end", open }: MenuProps & { open: boolean }) {
  return (
    <Radix.Root modal={false} defaultOpen={open}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          sideOffset={4}
          className="z-40 min-w-48 rounded-panel border border-line-2 bg-panel p-1 shadow-node"
        >
          {entries.map((entry, index) =>
            entry === "line" ? (
              // eslint-disable-next-line react/no-array-index-key -- lines have no name
              <Radix.Separator key={`line-${index}`} className="mx-1 my-1 h-px bg-line" />
            ) : (
              <Radix.Item
                key={entry.label}
                disabled={entry.disabled ?? false}
                onSelect={entry.onSelect}
                className={`flex h-8 cursor-pointer items-center gap-2 rounded-ctl px-2 outline-none data-disabled:opacity-50 data-highlighted:bg-panel-3 [&_svg]:size-4 ${entry.danger ? "text-fail" : ""}`}
              >
                {entry.icon}
                <span className="flex-1">{entry.label}</span>
                {entry.keys ? <Keys keys={entry.keys} /> : null}
              </Radix.Item>
            ),
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
