import { t } from "@lingui/core/macro";
import { lazy, Suspense, useEffect, useState } from "react";
import { Link, useNavigate } from "@tanstack/react-router";
import { api, ApiError } from "~/api/client";
import { type Around, keyOf } from "~/core/document/trail";
import { builder } from "~/routes";
import { TopBar } from "~/shell/TopBar";
import { Empty } from "~/ui/Empty";
import { Panel } from "~/ui/Panel";
import { Bar } from "./Bar";
import { Canvas } from "./canvas/Canvas";
import { Strip } from "./dock/Strip";
import { SessionContext, useDocument, useSession, useShownRun, useView } from "./session/hooks";
import { openSession, type Session } from "./session/session";

const NO_TRAIL: readonly Around[] = [];

// What the canvas does not need to be there: it comes a moment later. These three are on their way at once.
const palette = import("./Palette");
const offered = import("./BuilderCommands");
const panel = import("./panel/PropertyPanel");
const EmptyCanvas = lazy(async () => ({ default: (await import("./EmptyCanvas")).EmptyCanvas }));
const Counts = lazy(async () => ({ default: (await import("./run/Counts")).Counts }));
const Palette = lazy(async () => ({ default: (await palette).Palette }));
const BuilderCommands = lazy(async () => ({ default: (await offered).BuilderCommands }));
const Announcer = lazy(async () => ({ default: (await import("./Announcer")).Announcer }));
const Dock = lazy(async () => ({ default: (await import("./dock/Dock")).Dock }));
const ListView = lazy(async () => ({ default: (await import("./ListView")).ListView }));
const PropertyPanel = lazy(async () => ({ default: (await panel).PropertyPanel }));
const RunForm = lazy(async () => ({ default: (await import("./run/RunForm")).RunForm }));
const FieldPicker = lazy(async () => ({ default: (await import("./canvas/FieldPicker")).FieldPicker }));
const Question = lazy(async () => ({ default: (await import("./run/Question")).Question }));

/** The room in which a workflow is drawn and run. */
export function Builder() {
  const { workflowId } = builder.useParams();
  const { via } = builder.useSearch();
  return <Opening key={workflowId} workflowId={workflowId} trail={via ?? NO_TRAIL} />;
}

function Opening({ workflowId, trail }: { workflowId: string; trail: readonly Around[] }) {
  // The way in stays what it was: each change of the address makes a new list of it.
  const [way] = useState(trail);
  const [opened, setOpened] = useState<Session | Error | null>(null);
  useEffect(() => {
    let session: Session | null = null;
    let gone = false;
    const open = async () => {
      try {
        const params = { path: { workflow_id: workflowId } };
        const [{ data: stored }, { data: types }] = await Promise.all([
          api.GET("/api/workflows/{workflow_id}", { params }),
          api.GET("/api/node-types"),
        ]);
        if (!stored || !types) throw new Error(t`The server answered with nothing.`);
        session = await openSession(stored, types, way);
        if (gone) session.close();
        else setOpened(session);
      } catch (error) {
        if (!gone) setOpened(error instanceof Error ? error : new Error(String(error)));
      }
    };
    void open();
    return () => {
      gone = true;
      session?.close();
    };
  }, [workflowId, way]);
  if (opened === null) return <TopBar title={t`Workflow`} />;
  if (opened instanceof Error) return <NotOpened error={opened} />;
  return (
    <SessionContext value={opened}>
      <Room key={opened.id} />
    </SessionContext>
  );
}

function NotOpened({ error }: { error: Error }) {
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <>
      <TopBar title={t`Workflow`} parent={{ to: "/workflows", label: t`Workflows` }} />
      <Empty title={missing ? t`There is no such workflow` : t`This workflow could not be opened`} text={error.message}>
        <Link to="/workflows" className="font-semibold text-focus underline">{t`All workflows`}</Link>
      </Empty>
    </>
  );
}

function Room() {
  const session = useSession();
  useAddress(session);
  const running = useShownRun() !== null;
  const list = useView((state) => state.list);
  const dock = useView((state) => state.dock);
  const asking = useView((state) => state.asking);
  const picking = useView((state) => state.picking !== null);
  const withPalette = useView((state) => state.palette) && !running;
  const chosen = useView((state) => state.selected.size > 0);
  // Where there is little room, properties are shown of what was chosen only.
  const withPanel = useView((state) => state.panel) && (chosen || (!running && innerWidth >= 1024));
  const columns = `${withPalette ? "232px " : ""}minmax(0,1fr)${withPanel ? " 344px" : ""}`;
  const empty = useDocument((document) => document.nodes.length === 0);
  return (
    <>
      <Bar />
      <div
        className="relative grid min-h-0 flex-1 max-lg:grid-cols-[minmax(0,1fr)]!"
        style={{ gridTemplateColumns: columns }}
      >
        {withPalette ? (
          <div className="grid min-h-0 grid-cols-[minmax(0,1fr)] max-lg:hidden">
            <Panel name={t`the palette`}>
              <Suspense fallback={<div className="border-e border-line bg-panel" />}>
                <Palette />
              </Suspense>
            </Panel>
          </div>
        ) : null}
        <div className="relative flex min-h-0 min-w-0 flex-col">
          <div className="relative min-h-0 flex-1">
            <Panel name={t`the canvas`}>
              {list ? (
                <Suspense>
                  <ListView />
                </Suspense>
              ) : (
                <Canvas />
              )}
            </Panel>
            {running ? (
              <Suspense>
                <Counts />
                <Question />
              </Suspense>
            ) : null}
            <Suspense>{empty && !list ? <EmptyCanvas /> : null}</Suspense>
          </div>
          <Suspense>{dock ? <Dock /> : null}</Suspense>
          <Strip />
        </div>
        {withPanel ? (
          <Panel name={t`the properties`}>
            <Suspense fallback={<div className="border-s border-line bg-panel" />}>
              <PropertyPanel />
            </Suspense>
          </Panel>
        ) : null}
      </div>
      <Suspense>{asking ? <RunForm /> : null}</Suspense>
      <Suspense>{picking ? <FieldPicker /> : null}</Suspense>
      <Suspense>
        <BuilderCommands />
      </Suspense>
      <Suspense>
        <Announcer />
      </Suspense>
    </>
  );
}

/** What is worth sharing stands in the address: the run on show and the node that is selected. */
function useAddress(session: Session): void {
  const search = builder.useSearch();
  const navigate = useNavigate();
  const shown = useShownRun();
  const selected = useView((state) => (state.selected.size === 1 ? [...state.selected][0] : undefined));
  const [ready, setReady] = useState(false);
  useEffect(() => {
    if (search.run) session.run.show(search.run, search.inside ? keyOf(session.trail) : "");
    if (search.node) session.view.select(search.node);
    if (search.view === "list") session.view.setState({ list: true });
    setReady(true);
    // Only when the room is opened: from then on the address follows.
    // eslint-disable-next-line react/exhaustive-deps
  }, [session]);
  const list = useView((state) => state.list);
  useEffect(() => {
    if (!ready) return;
    void navigate({
      to: "/w/$workflowId",
      params: { workflowId: session.id },
      search: {
        ...(shown && { run: shown.id }),
        ...(selected && { node: selected }),
        ...(list && { view: "list" as const }),
        ...(session.trail.length > 0 && { via: [...session.trail] }),
        ...(shown?.within && { inside: true as const }),
      },
      replace: true,
    });
  }, [ready, shown?.id, selected, list, session, navigate, shown]);
}
