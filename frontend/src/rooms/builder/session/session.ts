/** All that belongs to one opened workflow: the document, what is selected, what the server knows, the run on show. */
import { createDebugging, type Debugging } from "~/core/debug/debugging";
import { Autosave, type SaveAnswer } from "~/core/document/autosave";
import { type Document, type JsonObject, nodeOf, readDocument, titleOf } from "~/core/document/document";
import { keepSteps, keptSteps } from "~/core/document/keep";
import { type DocumentStore, createDocumentStore } from "~/core/document/store";
import type { Around } from "~/core/document/trail";
import { fieldsOf, type Field } from "~/core/forms/fields";
import { loadValidator } from "~/core/forms/validate";
import { api, ApiError } from "~/api/client";
import type { NodeType, StoredWorkflow } from "~/api/types";
import { toast } from "~/ui/Toasts";
import { t } from "@lingui/core/macro";
import { ProblemWatch } from "./problemWatch";
import { RunView } from "./runView";
import { createView, type View } from "./view";

const KEEP_MS = 800;

export interface Catalogue {
  types: ReadonlyMap<string, NodeType>;
  fields: ReadonlyMap<string, Field[]>;
}

export interface Session {
  id: string;
  documents: DocumentStore;
  autosave: Autosave;
  catalogue: Catalogue;
  view: View;
  problems: ProblemWatch;
  run: RunView;
  /** Where the runs of this workflow stop, and what is not really done in them. */
  debugging: Debugging;
  /** The workflows around this one, through which it was opened. */
  trail: readonly Around[];
  close: () => void;
}

export function catalogueOf(types: readonly NodeType[]): Catalogue {
  const schemas = types.map((type) => [type.type, fieldsOf(type.schema as Parameters<typeof fieldsOf>[0])] as const);
  return { types: new Map(types.map((type) => [type.type, type])), fields: new Map(schemas) };
}

export async function openSession(
  stored: StoredWorkflow,
  types: readonly NodeType[],
  trail: readonly Around[],
): Promise<Session> {
  const id = stored.id ?? "";
  const document = readDocument(stored);
  const documents = createDocumentStore(document);
  const steps = await keptSteps(id, document);
  if (steps) documents.restoreSteps(steps);
  const catalogue = catalogueOf(types);
  const schemaOf = (type: string) => catalogue.types.get(type)?.schema as JsonObject | undefined;
  const autosave = new Autosave(
    documents,
    versionOf(stored),
    (...what) => send(id, ...what),
    (parts, theirs) => {
      tellConflict(documents, parts, theirs);
    },
  );
  const problems = new ProblemWatch(documents, schemaOf);
  void loadValidator().then(() => problems.check());
  const debugging = createDebugging(id);
  const run = new RunView(id, () => debugging.wishes(new Set(documents.get().nodes.map((node) => node.id))));
  const stopTelling = debugging.store.subscribe(() => run.tellSoon());
  const stopKeeping = keepAll(id, documents);
  const onFocus = () => void lookForNews(id, autosave);
  const onLeave = (event: BeforeUnloadEvent) => {
    if (!autosave.isClean) event.preventDefault();
  };
  addEventListener("focus", onFocus);
  addEventListener("beforeunload", onLeave);
  return {
    id,
    documents,
    autosave,
    catalogue,
    view: createView(),
    problems,
    run,
    debugging,
    trail,
    close: () => {
      stopTelling();
      removeEventListener("focus", onFocus);
      removeEventListener("beforeunload", onLeave);
      void autosave.flush().finally(() => autosave.stop());
      stopKeeping();
      problems.stop();
      run.stop();
    },
  };
}

async function send(id: string, document: Document, versionId: string, draft: boolean): Promise<SaveAnswer> {
  try {
    const { data } = await api.PUT("/api/workflows/{workflow_id}", {
      params: { path: { workflow_id: id }, query: { version_id: versionId, draft } },
      body: document as never,
    });
    if (!data) return { is: "away" };
    return { is: "saved", ...versionOf(data) };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) return { is: "away" };
    const current = error.body.current;
    if (error.status === 409 && typeof current === "object" && current !== null) {
      return { is: "stale", theirs: readDocument(current), ...versionOf(current as StoredWorkflow) };
    }
    return { is: "refused", reason: `${error.message} ${error.hint}`.trim() };
  }
}

const versionOf = (stored: StoredWorkflow) => ({
  versionId: stored.version_id,
  versionNumber: stored.version_number,
  draft: stored.draft === true,
});

/** Whoever comes back to this page sees what was saved elsewhere meanwhile. */
async function lookForNews(id: string, autosave: Autosave): Promise<void> {
  if (!autosave.isClean) return;
  try {
    const { data } = await api.GET("/api/workflows/{workflow_id}", { params: { path: { workflow_id: id } } });
    if (data) autosave.takeOver(readDocument(data), versionOf(data));
  } catch {
    // Away for a moment; the next save says so.
  }
}

function tellConflict(documents: DocumentStore, parts: string[], theirs: Document): void {
  const names = parts.map((part) => titleOf(nodeOf(documents.get(), part) ?? { id: part })).join(", ");
  toast(t`Somebody else has changed ${names} too. Yours is kept.`, {
    action: {
      label: t`Take theirs`,
      run: () =>
        documents.edit((draft) => {
          for (const part of parts) {
            const other = nodeOf(theirs, part);
            const index = draft.nodes.findIndex((node) => node.id === part);
            if (other && index >= 0) draft.nodes[index] = other;
            else if (part in theirs) draft[part] = theirs[part];
          }
        }),
    },
  });
}

function keepAll(id: string, documents: DocumentStore): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = () => void keepSteps(id, documents.get(), documents.steps());
  const unsubscribe = documents.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(keep, KEEP_MS);
  });
  return () => {
    clearTimeout(timer);
    unsubscribe();
    keep();
  };
}
