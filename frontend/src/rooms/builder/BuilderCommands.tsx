import { t } from "@lingui/core/macro";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo } from "react";
import { server } from "~/api/client";
import { isTyping } from "~/core/commands/keys";
import { match } from "~/core/commands/search";
import { configKey, configOf, titleOf } from "~/core/document/document";
import { type Finding, useFinder } from "~/shell/finders";
import { useCommands } from "~/shell/useCommands";
import { Tile } from "~/ui/Tile";
import { copySelected, pasteText, removeSelected } from "./actions";
import { addAfter, addAt } from "./canvas/adding";
import { cameraOf } from "./canvas/camera";
import { freeSpot } from "./canvas/spot";
import { builderCommands } from "./commands";
import { usePieces } from "./pieces";
import { useSession } from "./session/hooks";
import type { Session } from "./session/session";

/** Offers the commands of this room, and lets the palette find what is in the workflow. */
export function BuilderCommands() {
  const session = useSession();
  useCommands(useMemo(() => builderCommands(session), [session]));
  useClipboard(session);
  const pieces = usePieces();
  const navigate = useNavigate();
  const workflows = server.useQuery("get", "/api/workflows", { params: { query: { limit: 200 } } }).data;
  useFinder(
    useCallback(
      (query: string) => {
        const found = findInDocument(session, query);
        for (const piece of pieces) {
          const hit = match(query, piece.label);
          if (!hit || !query) continue;
          const [selected] = session.view.getState().selected;
          found.push({
            ...hit,
            id: `add ${piece.id}`,
            section: t`Add`,
            label: piece.label,
            kind: piece.note || t`Node`,
            icon: <Tile type={piece.wanted.type} size="small" />,
            run: () => addAt(session, piece.wanted, freeSpot(session, cameraOf(session).middle())),
            ...(selected && { connect: () => addAfter(session, piece.wanted, selected) }),
          });
        }
        for (const one of workflows ?? []) {
          const hit = match(query, one.name);
          if (!hit || !query || one.id === session.id) continue;
          found.push({
            ...hit,
            id: `workflow ${one.id}`,
            section: t`Workflows`,
            label: one.name,
            kind: t`Workflow`,
            icon: <Tile type="workflow" size="small" />,
            run: () => void navigate({ to: "/w/$workflowId", params: { workflowId: one.id } }),
          });
        }
        return found;
      },
      [session, pieces, workflows, navigate],
    ),
  );
  return null;
}

/** Nodes by name, and by any text in them. */
function findInDocument(session: Session, query: string): Finding[] {
  const found: Finding[] = [];
  for (const node of session.documents.get().nodes) {
    const go = (field: string | null) => () => {
      session.view.select(node.id);
      session.view.setState({ focusField: field, panel: true });
      cameraOf(session).fit([node.id]);
    };
    const icon = <Tile type={node.type} size="small" />;
    const section = t`On this canvas`;
    const hit = match(query, titleOf(node));
    if (hit) {
      found.push({
        ...hit,
        score: hit.score + 5,
        id: `node ${node.id}`,
        section,
        label: titleOf(node),
        kind: t`Go to node`,
        icon,
        run: go(null),
      });
    }
    if (query.trim().length < 2) continue;
    for (const [key, value] of Object.entries(configOf(node))) {
      if (typeof value !== "string") continue;
      const at = value.toLowerCase().indexOf(query.trim().toLowerCase());
      if (at < 0) continue;
      const from = Math.max(0, at - 12);
      const piece = value.slice(from, at + query.length + 24);
      const label = `“${from > 0 ? "…" : ""}${piece}…” ${t`in ${titleOf(node)}`}`;
      const start = label.toLowerCase().indexOf(query.trim().toLowerCase());
      found.push({
        score: 40,
        ranges: [[start, start + query.trim().length]],
        id: `text ${node.id} ${key}`,
        section,
        label,
        kind: t`Text`,
        icon,
        run: go(`${configKey(node.type)}.${key}`),
      });
    }
  }
  return found;
}

/** Copy, cut and paste by the system's own clipboard, wherever nobody is writing. */
function useClipboard(session: Session): void {
  useEffect(() => {
    const free = (event: ClipboardEvent) =>
      !isTyping(event.target) && !getSelection()?.toString() && session.run.store.getState().shown === null;
    const onCopy = (event: ClipboardEvent) => {
      if (!free(event) || session.view.getState().selected.size === 0) return;
      event.preventDefault();
      void copySelected(session);
      if (event.type === "cut") removeSelected(session);
    };
    const onPaste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData("text/plain");
      if (!free(event) || !text) return;
      event.preventDefault();
      pasteText(session, text);
    };
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, [session]);
}
