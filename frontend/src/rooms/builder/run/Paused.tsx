import { t } from "@lingui/core/macro";
import { ArrowDownToDot, Redo2, StepForward } from "lucide-react";
import { commands } from "~/core/commands/registry";
import { titleOf } from "~/core/document/document";
import type { Pause } from "~/core/run/head";
import { Button } from "~/ui/Button";
import { useDocument } from "../session/hooks";

/** Where a run is paused, and the ways on from there. */
export function Paused({ pause }: { pause: Pause }) {
  const name = useDocument((document) => {
    const node = document.nodes.find(({ id }) => id === pause.key);
    return node ? titleOf(node) : (pause.key ?? "");
  });
  const words: Record<string, string> = {
    before: t`before ${name}`,
    after: t`after ${name}`,
    error: t`at the error of ${name}`,
    call: t`at a call of ${name}`,
  };
  return (
    <>
      {name ? (
        <span className="max-w-48 truncate text-xs font-semibold max-sm:sr-only" role="status" aria-label={t`Paused`}>
          {words[pause.when ?? ""] ?? t`at ${name}`}
        </span>
      ) : null}
      <Button onClick={() => commands.run("run.resume")}>
        <StepForward aria-hidden />
        <span className="max-sm:sr-only">{t`Go on`}</span>
      </Button>
      <Button
        look="ghost"
        aria-label={t`Step over the next node`}
        title="F10"
        onClick={() => commands.run("run.step.over")}
      >
        <Redo2 aria-hidden />
      </Button>
      <Button
        look="ghost"
        aria-label={t`Step into the next node`}
        title="F11"
        onClick={() => commands.run("run.step.into")}
      >
        <ArrowDownToDot aria-hidden />
      </Button>
    </>
  );
}
