import type { ComponentProps, ReactNode } from "react";
import { Tooltip } from "./Tooltip";

type Look = "plain" | "main" | "ghost" | "danger";

const LOOKS: Record<Look, string> = {
  plain: "border-line-2 bg-panel text-ink hover:bg-panel-2",
  main: "border-ink bg-ink text-inv hover:bg-ink-2 dark:border-signal dark:bg-signal dark:text-signal-ink [&_svg]:text-signal dark:[&_svg]:text-signal-ink",
  ghost: "border-transparent bg-transparent text-ink-2 hover:bg-panel-3",
  danger: "border-fail bg-panel text-fail hover:bg-fail-bg",
};
const BASE =
  "inline-flex shrink-0 items-center justify-center gap-[7px] rounded-ctl border font-semibold whitespace-nowrap disabled:opacity-50 aria-pressed:bg-panel-3 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0";
const SIZES = { normal: "h-8 px-3 text-[13px]", small: "h-[26px] px-[9px] text-xs" };

export interface ButtonProps extends ComponentProps<"button"> {
  look?: Look;
  size?: keyof typeof SIZES;
}

export function Button({ look = "plain", size = "normal", className = "", type = "button", ...rest }: ButtonProps) {
  return <button type={type} className={`${BASE} ${SIZES[size]} ${LOOKS[look]} ${className}`} {...rest} />;
}

interface IconButtonProps extends Omit<ButtonProps, "children"> {
  label: string;
  keys?: string | undefined;
  children: ReactNode;
}

/** A button that is only a picture: its name is shown beside it and read aloud. */
export function IconButton({ label, keys, look = "ghost", size = "normal", className = "", ...rest }: IconButtonProps) {
  const square = size === "small" ? "w-[26px] px-0!" : "w-8 px-0!";
  return (
    <Tooltip text={label} keys={keys}>
      <Button aria-label={label} look={look} size={size} className={`${square} ${className}`} {...rest} />
    </Tooltip>
  );
}
