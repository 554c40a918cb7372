import {
  cloneElement,
  lazy,
  type MouseEventHandler,
  type ReactElement,
  type ReactNode,
  Suspense,
  useState,
} from "react";

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
  trigger: ReactElement<{ onClick?: MouseEventHandler }>;
  entries: (MenuEntry | "line")[];
  align?: "start" | "end";
}

// Its library is larger than many rooms: it comes a moment after them.
const MenuContent = lazy(async () => ({ default: (await import("./MenuContent")).MenuContent }));

/** A button that opens a list of things to do. Clicked before its library is here, it opens as soon as it can. */
export function Menu(props: MenuProps) {
  const [wanted, setWanted] = useState(false);
  return (
    <Suspense fallback={cloneElement(props.trigger, { onClick: () => setWanted(true) })}>
      <MenuContent {...props} open={wanted} />
    </Suspense>
  );
}
