/** Which tracks may be laid, and why not. */
import { t } from "@lingui/core/macro";
import { type Document, nodeOf, placeOf, titleOf } from "~/core/document/document";
import { connect, freeId, nodeIds, wrap } from "~/core/document/edit";
import { after, before, closesCircle } from "~/core/document/graph";
import { api } from "~/api/client";
import { toast } from "~/ui/Toasts";
import type { Session } from "../session/session";

/** Why no track may lead from one node to the other; null when it may. */
export function refusalOf(document: Document, source: string, target: string): string | null {
  const [from, to] = [nodeOf(document, source), nodeOf(document, target)];
  if (!from || !to || source === target) return t`A track leads from one node to another.`;
  if (to.type === "start") return t`${titleOf(to)} is where a run begins: no track leads there.`;
  if (from.type === "end") return t`${titleOf(from)} is where a run ends: no track leads on.`;
  if ((from.parent ?? null) !== (to.parent ?? null))
    return t`${titleOf(to)} can't take this: one of the two is inside a container and the other is not.`;
  return null;
}

/** Lay a track. One that closes a circle is laid if the server can run it, else it is refused with the reason. */
export async function tryConnect(session: Session, source: string, target: string, port: string): Promise<boolean> {
  const { documents } = session;
  const document = documents.get();
  const refusal = refusalOf(document, source, target);
  if (refusal) {
    toast(refusal, { tone: "error" });
    return false;
  }
  if (closesCircle(document, source, target)) {
    const reason = await circleRefusal(document, source, target, port);
    if (reason) {
      toast(reason, {
        tone: "error",
        action: { label: t`Wrap in a loop`, run: () => wrapCircle(session, source, target) },
      });
      return false;
    }
  }
  documents.edit(connect(source, target, port));
  return true;
}

async function circleRefusal(document: Document, source: string, target: string, port: string): Promise<string | null> {
  const tried: Document = { ...document, edges: [...document.edges] };
  connect(source, target, port)(tried);
  try {
    const [{ data: now }, { data: then }] = await Promise.all([
      api.POST("/api/workflows/validate", { body: document as never }),
      api.POST("/api/workflows/validate", { body: tried as never }),
    ]);
    const known = new Set((now ?? []).map((problem) => `${problem.code} ${problem.node}`));
    const added = (then ?? []).find(
      ({ severity, code, node }) => severity === "error" && !known.has(`${code} ${node}`),
    );
    return added ? `${added.message} ${added.hint}` : null;
  } catch {
    return t`It would make a circle, and the server is not there to say whether that can run.`;
  }
}

/** The nodes of the circle go into a loop of their own. */
function wrapCircle(session: Session, source: string, target: string): void {
  const { documents } = session;
  const document = documents.get();
  const onTheWay = after(document, target);
  const back = before(document, source);
  const ids = new Set([source, target, ...[...onTheWay].filter((id) => back.has(id))]);
  wrapNodes(session, ids, "loop");
}

export function wrapNodes(session: Session, ids: ReadonlySet<string>, type: "loop" | "map" | "parallel"): void {
  const { documents, catalogue } = session;
  const document = documents.get();
  const nodes = document.nodes.filter((node) => ids.has(node.id));
  const [first] = nodes;
  if (!first || nodes.some((node) => (node.parent ?? null) !== (first.parent ?? null))) return;
  const name = catalogue.types.get(type)?.title ?? type;
  const config = type === "loop" ? { loop_type: "until", condition: "index >= 2", max_iterations: 4 } : {};
  const container = { id: freeId(nodeIds(document), name), type, name, [`${type}_config`]: config };
  const left = Math.min(...nodes.map((node) => placeOf(node).x));
  const top = Math.min(...nodes.map((node) => placeOf(node).y));
  documents.edit(wrap(ids, container, { x: left - 24, y: top - 56 }));
  session.view.select(container.id);
}
