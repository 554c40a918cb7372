/**
 * Saves the document a moment after the last change. Somebody else's save in between is merged, never overwritten; what
 * cannot be sent is kept and tried again.
 */
import { createStore } from "zustand";
import type { Document } from "./document";
import { merge } from "./merge";
import type { DocumentStore } from "./store";

export type SaveState = "saved" | "unsaved" | "saving" | "away" | "refused";

export interface Saved {
  versionId: string;
  versionNumber: number;
  /** Not published: the next save takes its place. */
  draft?: boolean;
}

/** What saving came to. `stale`: somebody else saved first, this is what. */
export type SaveAnswer =
  | ({ is: "saved" } & Saved)
  | ({ is: "stale"; theirs: Document } & Saved)
  | { is: "away" }
  | { is: "refused"; reason: string };

export interface SaveInfo extends Saved {
  state: SaveState;
  at: number;
  reason: string;
}

type Send = (document: Document, versionId: string, draft: boolean) => Promise<SaveAnswer>;

const QUIET_MS = 700;
const AGAIN_MS = 3_000;

export class Autosave {
  readonly info;
  #base: Document;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | null = null;
  readonly #unsubscribe: () => void;

  constructor(
    private readonly store: DocumentStore,
    saved: Saved,
    private readonly send: Send,
    /** Told of parts that both have changed; mine were kept. */
    private readonly onConflict: (parts: string[], theirs: Document) => void = () => {},
  ) {
    this.#base = store.get();
    this.info = createStore<SaveInfo>(() => ({ ...saved, state: "saved", at: Date.now(), reason: "" }));
    this.#unsubscribe = store.subscribe(() => this.#changed());
  }

  get isClean(): boolean {
    return this.store.get() === this.#base;
  }

  /** Save now, and make it a version that later saves do not replace. */
  async publish(): Promise<void> {
    await this.flush();
    await this.#save(false);
  }

  /** Answers when everything is saved, or cannot be. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#running;
    if (!this.isClean) await this.#save(true);
  }

  /** Somebody else has saved: take it over, together with what is not saved here yet. */
  takeOver(theirs: Document, saved: Saved): void {
    if (saved.versionId === this.info.getState().versionId) return;
    const { document, conflicts } = merge(this.#base, this.store.get(), theirs);
    const clean = this.isClean;
    this.#base = theirs;
    this.info.setState({ ...saved });
    this.store.replace(clean ? theirs : document);
    if (conflicts.length > 0) this.onConflict(conflicts, theirs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#unsubscribe();
  }

  #changed(): void {
    if (this.isClean) return;
    this.info.setState({ state: "unsaved" });
    this.#later(QUIET_MS);
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), ms);
  }

  #save(draft: boolean): Promise<void> {
    this.#running = this.#send(draft).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #send(draft: boolean): Promise<void> {
    const document = this.store.get();
    this.info.setState({ state: "saving" });
    const answer = await this.send(document, this.info.getState().versionId, draft);
    switch (answer.is) {
      case "saved":
        this.#base = document;
        this.info.setState({
          versionId: answer.versionId,
          versionNumber: answer.versionNumber,
          draft: answer.draft ?? draft,
          at: Date.now(),
          state: "saved",
          reason: "",
        });
        if (!this.isClean) this.#changed();
        return;
      case "stale":
        this.takeOver(answer.theirs, answer);
        return this.#send(draft);
      case "away":
        this.info.setState({ state: "away" });
        this.#later(AGAIN_MS);
        return;
      case "refused":
        this.info.setState({ state: "refused", reason: answer.reason });
    }
  }
}
