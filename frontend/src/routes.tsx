import { t } from "@lingui/core/macro";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link, Outlet } from "@tanstack/react-router";
import { type Around, readTrail } from "./core/document/trail";
import { readFilter } from "./core/history/filter";
import { readChosen } from "./core/trace/chosen";
import { readShown as readWaiting } from "./core/inbox/shown";
import { readShown as readMemory } from "./core/memory/shown";
import { readSettings } from "./core/settings/parts";
import { readChosenTool } from "./core/tools/chosen";
import { readTalk } from "./rooms/chat/readTalk";
import { readShown } from "./rooms/templates/shownTemplates";
import { Shell } from "./shell/Shell";
import { TopBar } from "./shell/TopBar";
import { Empty } from "./ui/Empty";

const root = createRootRoute({ component: Frame, notFoundComponent: NoSuchPage });

/** The rooms stand in the shell; who was only sent a question gets that alone, and no way to the rest. */
function Frame() {
  return location.pathname.startsWith("/answer/") ? <Outlet /> : <Shell />;
}

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("./rooms/home/Home"), "Home"),
});

const workflows = createRoute({
  getParentRoute: () => root,
  path: "/workflows",
  component: lazyRouteComponent(() => import("./rooms/workflows/Workflows"), "Workflows"),
});

export const builder = createRoute({
  getParentRoute: () => root,
  path: "/w/$workflowId",
  validateSearch: readPlace,
  component: lazyRouteComponent(() => import("./rooms/builder/Builder"), "Builder"),
});

interface Place {
  node?: string;
  run?: string;
  view?: "list";
  /** The workflows around this one, if one came through them. */
  via?: Around[];
  /** The run is that of the outermost of them, seen from inside. */
  inside?: true;
}

function readPlace(search: Record<string, unknown>): Place {
  const via = readTrail(search.via);
  return {
    ...(typeof search.node === "string" && { node: search.node }),
    ...(typeof search.run === "string" && { run: search.run }),
    ...(search.view === "list" && { view: "list" as const }),
    ...(via.length > 0 && { via }),
    ...(via.length > 0 && search.inside === true && { inside: true as const }),
  };
}

export const runs = createRoute({
  getParentRoute: () => root,
  path: "/runs",
  validateSearch: readFilter,
  component: lazyRouteComponent(() => import("./rooms/runs/Runs"), "Runs"),
});

export const inspector = createRoute({
  getParentRoute: () => root,
  path: "/runs/$runId",
  validateSearch: readChosen,
  component: lazyRouteComponent(() => import("./rooms/runs/inspector/Inspector"), "Inspector"),
});

export const templates = createRoute({
  getParentRoute: () => root,
  path: "/templates",
  validateSearch: readShown,
  component: lazyRouteComponent(() => import("./rooms/templates/Templates"), "Templates"),
});

export const chat = createRoute({
  getParentRoute: () => root,
  path: "/chat",
  validateSearch: readTalk,
  component: lazyRouteComponent(() => import("./rooms/chat/Chat"), "Chat"),
});

export const inbox = createRoute({
  getParentRoute: () => root,
  path: "/inbox",
  validateSearch: readWaiting,
  component: lazyRouteComponent(() => import("./rooms/inbox/Inbox"), "Inbox"),
});

const byLink = createRoute({
  getParentRoute: () => root,
  path: "/answer/$token",
  component: lazyRouteComponent(() => import("./rooms/inbox/ByLink"), "ByLink"),
});

export const memory = createRoute({
  getParentRoute: () => root,
  path: "/memory",
  validateSearch: readMemory,
  component: lazyRouteComponent(() => import("./rooms/memory/Memory"), "MemoryRoom"),
});

export const tools = createRoute({
  getParentRoute: () => root,
  path: "/tools",
  validateSearch: readChosenTool,
  component: lazyRouteComponent(() => import("./rooms/tools/Tools"), "Tools"),
});

export const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  validateSearch: readSettings,
  component: lazyRouteComponent(() => import("./rooms/settings/Settings"), "Settings"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    workflows,
    builder,
    runs,
    inspector,
    inbox,
    byLink,
    chat,
    memory,
    tools,
    templates,
    settings,
  ]),
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

function NoSuchPage() {
  return (
    <>
      <TopBar title={t`No such page`} />
      <Empty title={t`There is no such page`} text={t`The address leads nowhere. It may have been moved or mistyped.`}>
        <Link to="/" className="font-semibold text-focus underline">{t`Go home`}</Link>
      </Empty>
    </>
  );
}
