import { lazy, type ReactNode, Suspense } from "react";

export interface MenuEntry {
  label: string;
  icon?: ReactNode;
  keys?: string | undefined;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
}

export interface MenuProps {
  label: string;
  trigger: ReactNode;
  entries: (MenuEntry | "line")[];
  align?: "start" | "end";
}

// Its library is larger than many rooms: it comes a moment after them.
const MenuContent = lazy(async () => ({ default: (await import("./MenuContent")).MenuContent }));

/** A button that opens a list of things to do. */
export function Menu(props: MenuProps) {
  return (
    <Suspense fallback={props.trigger}>
      <MenuContent {...props} />
    </Suspense>
  );
}
