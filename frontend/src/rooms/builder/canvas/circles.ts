/** Tracks that close a circle: whether the server can run it, and what to do if not. */
import { t } from "@lingui/core/macro";
import { api } from "~/api/client";
import type { Document } from "~/core/document/document";
import { connect } from "~/core/document/edit";
import { after, before } from "~/core/document/graph";
import type { Session } from "../session/session";
import { wrapNodes } from "./connecting";

export async function circleRefusal(
  document: Document,
  source: string,
  target: string,
  port: string,
): Promise<string | null> {
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
export function wrapCircle(session: Session, source: string, target: string): void {
  const { documents } = session;
  const document = documents.get();
  const onTheWay = after(document, target);
  const back = before(document, source);
  const ids = new Set([source, target, ...[...onTheWay].filter((id) => back.has(id))]);
  wrapNodes(session, ids, "loop");
}
