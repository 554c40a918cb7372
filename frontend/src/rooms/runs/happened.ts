/** What came of a run, in the words of people. */
import { t } from "@lingui/core/macro";
import type { ExecutionSummary } from "~/api/types";
import { aboutIn } from "~/core/history/about";

export function happened({ status, error, digest }: ExecutionSummary): string {
  const about = aboutIn(digest?.inputs);
  const place = digest?.node_id ?? "";
  switch (status) {
    case "failed":
      return error || t`Failed without saying why`;
    case "waiting":
      return digest?.question ? t`Asks: ${digest.question}` : t`Waits for an answer`;
    case "paused":
      return place ? t`Paused at ${place}` : t`Paused`;
    case "cancelled":
      return about ? t`Stopped: ${about}` : t`Stopped`;
    case "completed":
      return digest?.result || about || t`Ended without a result`;
    default:
      if (place && about) return t`At ${place}: ${about}`;
      return place ? t`At ${place}` : about || t`Beginning`;
  }
}

/** How long it took, or takes already. */
export function tookMs({ created_at, completed_at }: ExecutionSummary, now: number): number {
  return (completed_at ? Date.parse(completed_at) : now) - Date.parse(created_at);
}

export function tokensOf({ digest }: ExecutionSummary): number | null {
  const used = digest?.usage;
  return used && used.model_calls > 0 ? used.input_tokens + used.output_tokens : null;
}
