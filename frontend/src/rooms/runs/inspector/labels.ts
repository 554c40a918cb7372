/** How spans are called and which tile stands for them. */
import { t } from "@lingui/core/macro";
import { isObject } from "~/core/document/document";
import type { Span } from "~/core/trace/span";
import type { Names } from "./useRun";

export function labelOf(span: Span, names: Names): string {
  switch (span.kind) {
    case "round":
      return names.typeOf(span.nodeId) === "map" ? t`Item ${span.name}` : t`Round ${span.name}`;
    case "step":
      return span.stepKind === "memory" ? t`Memory: ${span.name}` : calledIn(span);
    case "node": {
      const name = names.nameOf(span.nodeId);
      return span.attempt > 1 ? t`${name}, retry ${span.attempt - 1}` : name;
    }
  }
}

/** What was called; when a model could not answer, the one that did in its place. */
function calledIn({ name, stepKind, output }: Span): string {
  const asked = stepKind === "model" && isObject(output) ? output.asked : name;
  return typeof asked === "string" && asked !== name ? t`${asked} in place of ${name}` : name;
}

export function tileOf(span: Span, names: Names): string {
  if (span.kind === "step") return span.stepKind === "model" ? "agent" : "tool";
  return span.kind === "round" && !names.typeOf(span.nodeId) ? "loop" : names.typeOf(span.nodeId);
}

/** Where a span is: `Round 2 · attempt 1`. */
export function placeWords(span: Span): string {
  const rounds = span.path.flatMap((part) => {
    const [, , number] = /^(.*)\[(\d+)\]$/.exec(part) ?? [];
    return number === undefined ? [] : [t`round ${Number(number) + 1}`];
  });
  return [...rounds, ...(span.kind === "round" ? [] : [t`attempt ${span.attempt}`])].join(" · ");
}
