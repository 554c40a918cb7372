/** The selection becomes a workflow of its own, and one node here that runs it. */
import { t } from "@lingui/core/macro";
import { api, ApiError } from "~/api/client";
import { nodeOf, titleOf } from "~/core/document/document";
import { Refusal, type Why } from "~/core/extract/border";
import { extract } from "~/core/extract/extract";
import type { Known } from "~/core/extract/inputs";
import { outletsOf } from "~/core/nodes/kinds";
import { toast } from "~/ui/Toasts";
import { selectedIds } from "./actions";
import { formulas } from "./formulas";
import type { Session } from "./session/session";

export async function extractSelected(session: Session): Promise<void> {
  const { documents, catalogue, view } = session;
  const ids = selectedIds(session);
  const known: Known = {
    outputs: (type) => Object.keys(catalogue.types.get(type)?.outputs ?? {}),
    outlets: (node) => outletsOf(node, catalogue.types.get(node.type)).map((outlet) => outlet.name),
    isFormula: formulas(catalogue),
  };
  try {
    const name = nameFor(session);
    const { inner } = extract(documents.get(), ids, name, known);
    const { data } = await api.POST("/api/workflows", { body: inner as never });
    const workflowId = data?.id ?? "";
    // Cut out of what is there now: it may have changed while the new one was stored.
    const { edit, id } = extract(documents.get(), ids, name, known);
    documents.edit(edit(workflowId));
    view.select(id);
    toast(t`${name} is a workflow of its own now.`, {
      action: { label: t`Undo`, run: () => documents.undo() },
    });
  } catch (error) {
    if (error instanceof Refusal) toast(reason(error.why, error.node), { tone: "error" });
    else toast(error instanceof ApiError ? `${error.message} ${error.hint}` : String(error), { tone: "error" });
  }
}

/** A single node gives its name, several are part of the whole. */
function nameFor(session: Session): string {
  const document = session.documents.get();
  const [first, ...more] = [...selectedIds(session)].flatMap((id) => {
    const node = nodeOf(document, id);
    return node && node.type !== "start" && node.type !== "end" ? [node] : [];
  });
  if (first && more.length === 0) return titleOf(first);
  return t`Part of ${document.name || t`Untitled`}`;
}

function reason(why: Why, name: string): string {
  switch (why) {
    case "nothing":
      return t`First select the nodes that shall be a workflow of their own. Start and end stay here.`;
    case "levels":
      return t`${name} is in another container than the rest. Select nodes of one level.`;
    case "around":
      return t`A track leads out to ${name} and back in. Select ${name} too.`;
    case "ports":
      return t`${name} goes on by named ways, and a workflow has one way out. Select what follows it too.`;
    case "ways":
      return t`At ${name} the selection may end in different ways, and a workflow has one way out. Select what follows too.`;
    case "entries":
      return t`${name} is reached only at times, and the selection begins at other nodes too. Select what is before it, or less.`;
    case "given":
      return t`What arrives at ${name} cannot be told from the drawing. Name what it needs under Inputs first.`;
    case "whole":
      return t`${name} reads all of another node at once. Name the field that it needs, such as output.`;
    case "consumer":
      return t`What ${name} receives would change. Name what it needs under Inputs first.`;
  }
}
