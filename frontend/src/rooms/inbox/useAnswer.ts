import { useState } from "react";
import { api, ApiError } from "~/api/client";
import type { Json } from "~/core/document/document";
import { command, said } from "~/core/run/command";
import { nameOfMine } from "~/core/inbox/mine";
import type { AskedOf } from "./Sheet";

export interface Answer {
  value?: Json;
  action?: "again" | "done" | "fail";
}

const TOO_LATE = [404, 409, 410]; // the run is gone, or waits no more for this

/** Sends an answer; what was refused is told where it was given. */
export function useAnswer(entry: AskedOf, onAnswered: (words: string, runId: string) => void) {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ text: string; late: boolean } | null>(null);
  const answer = async (words: string, { value, action }: Answer) => {
    setBusy(true);
    setRefused(null);
    try {
      const given = { by: nameOfMine(), ...(value !== undefined && { value }) };
      if (entry.token === undefined) {
        const place = { node: entry.node, scope: entry.scope };
        await command(entry.execution_id, { type: "answer", ...place, ...given, ...(action && { action }) } as never);
      } else {
        await api.POST("/api/answers/{token}", { params: { path: { token: entry.token } }, body: given as never });
      }
      onAnswered(words, entry.execution_id);
    } catch (error) {
      setRefused({ text: said(error), late: error instanceof ApiError && TOO_LATE.includes(error.status) });
    } finally {
      setBusy(false);
    }
  };
  return { busy, refused, answer };
}
