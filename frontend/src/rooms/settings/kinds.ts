/** The kinds of providers: what they are called, and what one has to know about each. */
import { t } from "@lingui/core/macro";
import type { ModelEntry, ProviderEntry, ProviderKind } from "~/api/types";

export const KINDS: ProviderKind[] = [
  "ollama",
  "openai",
  "anthropic",
  "google",
  "groq",
  "mistral",
  "openrouter",
  "openai-compatible",
];

const TITLES: Record<ProviderKind, string> = {
  ollama: "Ollama",
  openai: "OpenAI",
  anthropic: "Anthropic",
  google: "Google Gemini",
  groq: "Groq",
  mistral: "Mistral",
  openrouter: "OpenRouter",
  "openai-compatible": "OpenAI compatible",
};

export const titleOf = (kind: string): string => TITLES[kind as ProviderKind] ?? kind;

/** Kinds that are reached without a key, on a machine of one's own. */
export const needsKey = (kind: ProviderKind): boolean => kind !== "ollama" && kind !== "openai-compatible";

export interface NotSetUp {
  kind: ProviderKind;
  reason: string;
}

/** The known kinds of which there is no provider, and what is said of them. Some work without having been set up. */
export function notSetUp(providers: readonly ProviderEntry[], models: readonly ModelEntry[]): NotSetUp[] {
  return KINDS.filter((kind) => kind !== "openai-compatible").flatMap((kind) => {
    const there = providers.some((one) => one.kind === kind || one.name === kind);
    if (there) return [];
    return [{ kind, reason: models.find(({ provider }) => provider === kind)?.reason ?? "" }];
  });
}

export function modelsWord(many: number): string {
  return many === 1 ? t`1 model` : t`${many} models`;
}

/** The columns in which providers stand. */
export const GRID =
  "grid grid-cols-[minmax(120px,200px)_minmax(0,1fr)_220px_148px] items-center gap-x-4 gap-y-1 px-4 max-lg:grid-cols-[minmax(0,1fr)_auto]";

/** The models of a provider. Those of a server that only the environment names go by its kind. */
export const modelsOf = (entry: ProviderEntry, models: readonly ModelEntry[]): ModelEntry[] =>
  models.filter(
    ({ provider }) => provider === entry.name || (entry.source === "environment" && provider === entry.kind),
  );
