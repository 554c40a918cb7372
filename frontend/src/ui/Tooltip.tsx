import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { Keys } from "./Keys";

export const TooltipProvider = Radix.Provider;

interface Props {
  text: string;
  keys?: string | undefined;
  side?: "top" | "right" | "bottom" | "left";
  children: ReactNode;
}

export function Tooltip({ text, keys, side = "bottom", children }: Props) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          className="z-50 flex items-center gap-2 rounded-ctl bg-rail px-2 py-1 text-xs font-semibold text-white"
        >
          {text}
          {keys ? <Keys keys={keys} bare /> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
