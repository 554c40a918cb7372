/** What is wrong with the document: what the editor sees at once, and what the server says 400 ms after an edit. */
import { createStore } from "zustand";
import type { Document } from "~/core/document/document";
import { findProblems, type Problem } from "~/core/document/problems";
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

  constructor(private readonly documents: DocumentStore) {
    this.#unsubscribe = documents.subscribe(() => this.#soon());
    void this.check();
  }

  /** Ask the server now. */
  async check(): Promise<readonly Problem[]> {
    clearTimeout(this.#timer);
    const document = this.documents.get();
    if (this.#checked !== document) {
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

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.check(), QUIET_MS);
    this.#show();
  }

  #show(): void {
    const document = this.documents.get();
    const ids = new Set(document.nodes.map((node) => node.id));
    const list = [...findProblems(document), ...this.#server.filter(({ node }) => !node || ids.has(node))];
    list.sort((a, b) => RANK[a.severity] - RANK[b.severity]);
    const byNode = new Map<string, Problem[]>();
    for (const problem of list) {
      if (problem.node) byNode.set(problem.node, [...(byNode.get(problem.node) ?? []), problem]);
    }
    this.store.setState({ list, byNode });
  }
}

const RANK = { error: 0, warning: 1, note: 2 };
