/** What is wrong with the document: what the editor sees at once, and what the server says 400 ms after an edit. */
import { createStore } from "zustand";
import type { Document, JsonObject } from "~/core/document/document";
import { findProblems, MISFIT, type Problem } from "~/core/document/problems";
import type { DocumentStore } from "~/core/document/store";
import { api } from "~/api/client";

const QUIET_MS = 400;

export interface ProblemState {
  list: readonly Problem[];
  byNode: ReadonlyMap<string, readonly Problem[]>;
}

export class ProblemWatch {
  readonly store = createStore<ProblemState>(() => ({ list: [], byNode: new Map() }));
  #server: Problem[] = [];
  #checked: Document | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #unsubscribe: () => void;

  constructor(
    private readonly documents: DocumentStore,
    private readonly schemaOf: (type: string) => JsonObject | undefined,
  ) {
    this.#unsubscribe = documents.subscribe(() => this.#soon());
    void this.check();
  }

  /** Ask the server now. */
  async check(): Promise<readonly Problem[]> {
    clearTimeout(this.#timer);
    const document = this.documents.get();
    // What the server would refuse to read is said here already.
    if (this.#checked !== document && !this.#own(document).some((problem) => problem.code === MISFIT)) {
      try {
        const { data } = await api.POST("/api/workflows/validate", { body: document as never });
        this.#server = data ?? [];
        this.#checked = document;
      } catch {
        // While the server is away, what it said last is shown.
      }
    }
    this.#show();
    return this.store.getState().list;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#unsubscribe();
  }

  #own(document: Document): Problem[] {
    return findProblems(document, this.schemaOf);
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.check(), QUIET_MS);
    this.#show();
  }

  #show(): void {
    const document = this.documents.get();
    const ids = new Set(document.nodes.map((node) => node.id));
    const list = [...this.#own(document), ...this.#server.filter(({ node }) => !node || ids.has(node))];
    list.sort((a, b) => RANK[a.severity] - RANK[b.severity]);
    const byNode = new Map<string, Problem[]>();
    for (const problem of list) {
      if (problem.node) byNode.set(problem.node, [...(byNode.get(problem.node) ?? []), problem]);
    }
    this.store.setState({ list, byNode });
  }
}

const RANK = { error: 0, warning: 1, note: 2 };
