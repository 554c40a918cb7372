/** Which tracks may be laid, and why not. */
import { t } from "@lingui/core/macro";
import { type Document, nodeOf, placeOf, titleOf } from "~/core/document/document";
import { connect, freeId, nodeIds, wrap } from "~/core/document/edit";
import { closesCircle } from "~/core/document/graph";
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
  const { documents, catalogue, view } = session;
  const document = documents.get();
  const refusal = refusalOf(document, source, target);
  if (refusal) {
    toast(refusal, { tone: "error" });
    return false;
  }
  if (closesCircle(document, source, target)) {
    const { circleRefusal, wrapCircle } = await import("./circles");
    const reason = await circleRefusal(document, source, target, port);
    if (reason) {
      toast(reason, {
        tone: "error",
        action: { label: t`Wrap in a loop`, run: () => wrapCircle(session, source, target) },
      });
      return false;
    }
  }
  const { mismatchOf } = await import("~/core/nodes/typed");
  const mismatch = mismatchOf(document, source, target, catalogue.types);
  if (mismatch) {
    if (mismatch.fields.length > 0) view.setState({ picking: { ...mismatch, source, target, port } });
    else toast(mismatch.reason, { tone: "error" });
    return false;
  }
  documents.edit(connect(source, target, port));
  return true;
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
