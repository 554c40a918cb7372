import { t } from "@lingui/core/macro";
import { Activity, House, LayoutGrid, type LucideIcon, MessageSquare, Settings, Workflow, Wrench } from "lucide-react";

export interface Place {
  to: string;
  label: () => string;
  icon: LucideIcon;
  keys: string;
  exact?: boolean;
}

/** The rooms, as the rail and the palette show them. A new room is a line here and a route in `routes.tsx`. */
export const PLACES: Place[] = [
  { to: "/", label: () => t`Home`, icon: House, keys: "g h", exact: true },
  { to: "/workflows", label: () => t`Workflows`, icon: Workflow, keys: "g w" },
  { to: "/runs", label: () => t`Runs`, icon: Activity, keys: "g r" },
  { to: "/chat", label: () => t`Chat`, icon: MessageSquare, keys: "g c" },
  { to: "/tools", label: () => t`Tools`, icon: Wrench, keys: "g o" },
  { to: "/templates", label: () => t`Templates`, icon: LayoutGrid, keys: "g t" },
  { to: "/settings", label: () => t`Settings`, icon: Settings, keys: "g s" },
];
