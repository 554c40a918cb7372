/** What the commands of this room do. */
import { t } from "@lingui/core/macro";
import { ApiError } from "~/api/client";
import { copyNodes, pasteNodes, readClip } from "~/core/document/clipboard";
import { nodeOf, placeOf, type Point } from "~/core/document/document";
import { disconnect, freeId, moveNodes, nodeIds, removeNodes, setNode } from "~/core/document/edit";
import { readWorkflow, writeWorkflow } from "~/core/document/files";
import { noteId, removeNotes } from "~/core/document/notes";
import { withInner } from "~/core/document/graph";
import { download } from "~/core/download";
import { GRID } from "~/core/layout/sizes";
import type { TidyQuestion } from "~/core/layout/tidy.worker";
import { toast } from "~/ui/Toasts";
import { cameraOf } from "./canvas/camera";
import type { Session } from "./session/session";
import type { ControlInput } from "~/api/types";

export const selectedIds = (session: Session): ReadonlySet<string> => session.view.getState().selected;

export function removeSelected(session: Session): void {
  const { selected, selectedEdges } = session.view.getState();
  if (selected.size === 0 && selectedEdges.size === 0) return;
  session.documents.edit((draft) => {
    disconnect(selectedEdges)(draft);
    removeNodes(selected)(draft);
    const notes = new Set([...selected].flatMap((id) => noteId(id) ?? []));
    if (notes.size > 0) removeNotes(notes)(draft);
  });
  session.view.select();
  const count = selected.size;
  if (count > 0) {
    toast(count === 1 ? t`The node is deleted.` : t`${count} nodes are deleted.`, {
      action: { label: t`Undo`, run: () => session.documents.undo() },
    });
  }
}

export async function copySelected(session: Session): Promise<void> {
  const ids = selectedIds(session);
  if (ids.size === 0) return;
  await navigator.clipboard.writeText(copyNodes(session.documents.get(), ids));
}

/** Paste text: nodes as nodes, anything else as what an agent is told. */
export function pasteText(session: Session, text: string): void {
  const clip = readClip(text) ?? promptClip(session, text);
  if (!clip) return;
  const middle = cameraOf(session).middle();
  const snapped = { x: Math.round(middle.x / 12) * 12 - 108, y: Math.round(middle.y / 12) * 12 - 48 };
  const { edit, added } = pasteNodes(session.documents.get(), clip, snapped, null);
  session.documents.edit(edit);
  session.view.select(...added);
}

function promptClip(session: Session, text: string) {
  const told = text.trim();
  if (!told) return null;
  const id = freeId(nodeIds(session.documents.get()), "agent");
  return {
    nodes: [{ id, type: "agent", name: t`Agent`, agent_config: { system_prompt: told.slice(0, 20_000) } }],
    edges: [],
  };
}

export function duplicateSelected(session: Session): void {
  const ids = selectedIds(session);
  const document = session.documents.get();
  const [first] = ids;
  const node = nodeOf(document, first);
  if (!node) return;
  const clip = readClip(copyNodes(document, ids));
  if (!clip) return;
  const left = Math.min(...[...ids].map((id) => placeOf(nodeOf(document, id) ?? { id, type: "" }).x));
  const top = Math.min(...[...ids].map((id) => placeOf(nodeOf(document, id) ?? { id, type: "" }).y));
  const { edit, added } = pasteNodes(document, clip, { x: left + GRID, y: top + 5 * GRID }, node.parent ?? null);
  session.documents.edit(edit);
  session.view.select(...added);
}

/** Tidy up everything, or what is selected, in a worker; one step of undo. */
export function tidyUp(session: Session): Promise<void> {
  const selected = selectedIds(session);
  const worker = new Worker(new URL("../../core/layout/tidy.worker.ts", import.meta.url), { type: "module" });
  const question: TidyQuestion = {
    document: session.documents.get(),
    specs: [...session.catalogue.types].map(([type, { ports, ports_from }]) => [type, { ports, ports_from }]),
    only: selected.size > 1 ? [...selected] : null,
  };
  return new Promise((resolve) => {
    worker.addEventListener("message", ({ data }: MessageEvent<[string, Point][]>) => {
      worker.terminate();
      session.documents.edit(moveNodes(new Map(data)));
      if (!question.only) requestAnimationFrame(() => cameraOf(session).fit());
      resolve();
    });
    worker.addEventListener("error", () => {
      worker.terminate();
      toast(t`This could not be tidied up.`, { tone: "error" });
      resolve();
    });
    worker.postMessage(question);
  });
}

export function align(session: Session, side: "left" | "top"): void {
  const document = session.documents.get();
  const nodes = [...selectedIds(session)].flatMap((id) => nodeOf(document, id) ?? []);
  if (nodes.length < 2) return;
  const edge = Math.min(...nodes.map((node) => (side === "left" ? placeOf(node).x : placeOf(node).y)));
  const places = nodes.map((node): [string, Point] => {
    const { x, y } = placeOf(node);
    return [node.id, side === "left" ? { x: edge, y } : { x, y: edge }];
  });
  session.documents.edit(moveNodes(new Map(places)));
}

export function nudge(session: Session, by: Point): void {
  const document = session.documents.get();
  const places = [...selectedIds(session)].flatMap((id): [string, Point][] => {
    const node = nodeOf(document, id);
    return node ? [[id, { x: placeOf(node).x + by.x, y: placeOf(node).y + by.y }]] : [];
  });
  if (places.length > 0) session.documents.edit(moveNodes(new Map(places)), "nudge");
}

/** Along the tracks: to the node before or behind, or to the one above or below. */
export function walk(session: Session, direction: "left" | "right" | "up" | "down"): void {
  const document = session.documents.get();
  const [id] = selectedIds(session);
  const node = nodeOf(document, id) ?? document.nodes[0];
  if (!node) return;
  if (!id) return session.view.select(node.id);
  const linked = document.edges.flatMap((edge) => {
    if (direction === "right" && edge.source === node.id) return edge.target;
    return direction === "left" && edge.target === node.id ? edge.source : [];
  });
  const level = document.nodes.filter((one) => (one.parent ?? null) === (node.parent ?? null) && one.id !== node.id);
  const { x, y } = placeOf(node);
  const beside = level
    .filter(
      (one) => (direction === "up" ? placeOf(one).y < y : placeOf(one).y > y) && Math.abs(placeOf(one).x - x) < 260,
    )
    .sort((a, b) => Math.abs(placeOf(a).y - y) - Math.abs(placeOf(b).y - y));
  const next = direction === "left" || direction === "right" ? linked[0] : beside[0]?.id;
  if (next) session.view.select(next);
}

export function toggleDisabled(session: Session): void {
  const ids = selectedIds(session);
  const document = session.documents.get();
  const off = [...ids].some((id) => !nodeOf(document, id)?.disabled);
  session.documents.edit((draft) => {
    for (const id of ids) setNode(id, "disabled", off || undefined)(draft);
  });
}

export function selectDownstream(session: Session): void {
  const document = session.documents.get();
  const found = new Set(selectedIds(session));
  for (let known = -1; known !== found.size;) {
    known = found.size;
    for (const { source, target } of document.edges) if (found.has(source)) found.add(target);
  }
  session.view.select(...withInner(document, found));
}

export function exportFile(session: Session): void {
  const document = session.documents.get();
  const name = document.name.replaceAll(/[^\p{L}\p{N} _-]+/gu, "").trim() || "workflow";
  download(`${name}.json`, writeWorkflow(document));
}

/** Add the nodes of a file to this workflow; into an empty one it is taken over whole. */
export function importFile(session: Session): void {
  const picker = globalThis.document.createElement("input");
  picker.type = "file";
  picker.accept = "application/json,.json";
  picker.addEventListener("change", () => {
    const [file] = picker.files ?? [];
    if (file) void file.text().then((text) => takeOver(session, text));
  });
  picker.click();
}

function takeOver(session: Session, text: string): void {
  try {
    const read = readWorkflow(text);
    if (session.documents.get().nodes.length === 0) {
      session.documents.edit((draft) => Object.assign(draft, read));
      requestAnimationFrame(() => cameraOf(session).fit());
    } else pasteText(session, JSON.stringify(read));
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), { tone: "error" });
  }
}

export async function sendCommand(session: Session, body: ControlInput): Promise<void> {
  try {
    await session.run.command(body);
  } catch (error) {
    toast(error instanceof ApiError ? `${error.message} ${error.hint}` : String(error), { tone: "error" });
  }
}
