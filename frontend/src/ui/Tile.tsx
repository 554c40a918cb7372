import {
  Bot,
  Box,
  Clock,
  Code,
  Columns3,
  Flag,
  Globe,
  Layers,
  type LucideIcon,
  Play,
  Repeat,
  Split,
  UserCheck,
  Workflow,
  Wrench,
} from "lucide-react";
import { kindOf, type Tint } from "~/core/nodes/kinds";

const ICONS: Record<string, LucideIcon> = {
  bot: Bot,
  clock: Clock,
  code: Code,
  "columns-3": Columns3,
  flag: Flag,
  globe: Globe,
  layers: Layers,
  play: Play,
  repeat: Repeat,
  split: Split,
  user: UserCheck,
  workflow: Workflow,
  wrench: Wrench,
};
const TINTS: Record<Tint, string> = {
  term: "bg-k-term",
  agent: "bg-k-agent",
  tool: "bg-k-tool",
  cond: "bg-k-cond",
  loop: "bg-k-loop",
  map: "bg-k-map",
  sub: "bg-k-sub",
  human: "bg-k-human",
};
const SIZES = {
  small: "size-5 [&_svg]:size-3",
  normal: "size-[26px] [&_svg]:size-[15px]",
  big: "size-8 [&_svg]:size-[18px]",
};

/** The coloured square (for ends: a disc) by which a kind of node is known. */
export function Tile({
  type,
  size = "normal",
  round = false,
}: {
  type: string;
  size?: keyof typeof SIZES;
  round?: boolean;
}) {
  const { tint, icon } = kindOf(type);
  const Icon = ICONS[icon] ?? Box;
  return (
    <span
      className={`grid shrink-0 place-items-center text-white ${round ? "rounded-full" : "rounded-chip"} ${SIZES[size]} ${TINTS[tint]}`}
    >
      <Icon aria-hidden strokeWidth={1.75} fill={icon === "play" && round ? "currentColor" : "none"} />
    </span>
  );
}
