import { t } from "@lingui/core/macro";
import {
  Activity,
  Brain,
  House,
  Inbox,
  LayoutGrid,
  type LucideIcon,
  MessageSquare,
  Settings,
  Workflow,
  Wrench,
} from "lucide-react";

export interface Place {
  to: string;
  label: () => string;
  icon: LucideIcon;
  keys: string;
  exact?: boolean;
  /** What waits for a person is there, and how much it is stands beside it. */
  waits?: boolean;
}

/** The rooms, as the rail and the palette show them. A new room is a line here and a route in `routes.tsx`. */
export const PLACES: Place[] = [
  { to: "/", label: () => t`Home`, icon: House, keys: "g h", exact: true },
  { to: "/workflows", label: () => t`Workflows`, icon: Workflow, keys: "g w" },
  { to: "/runs", label: () => t`Runs`, icon: Activity, keys: "g r" },
  { to: "/inbox", label: () => t`Inbox`, icon: Inbox, keys: "g i", waits: true },
  { to: "/chat", label: () => t`Chat`, icon: MessageSquare, keys: "g c" },
  { to: "/memory", label: () => t`Memory`, icon: Brain, keys: "g m" },
  { to: "/tools", label: () => t`Tools`, icon: Wrench, keys: "g o" },
  { to: "/templates", label: () => t`Templates`, icon: LayoutGrid, keys: "g t" },
  { to: "/settings", label: () => t`Settings`, icon: Settings, keys: "g s" },
];
