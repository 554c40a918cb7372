import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { FlaskConical, RotateCcw, Square } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { useStore } from "zustand";
import { type DocumentNode, titleOf } from "~/core/document/document";
import type { LiveRun } from "~/core/run/live";
import { Button } from "~/ui/Button";
import { CONTROL, FieldRow } from "~/ui/Field";
import { Keys } from "~/ui/Keys";
import { useSession } from "../session/hooks";
import { Happened } from "./LastRun";
import { canBeTested, trialFor } from "./trials";

/** Run this node alone, with what it received last or with what is written here. */
export function TestNode({ node }: { node: DocumentNode }) {
  const trial = trialFor(useSession(), node.id);
  const { text, fromRun, live, runId, refusal, busy } = useStore(trial.store);
  useEffect(() => void trial.fill(), [trial]);
  if (!canBeTested(node.type)) {
    return <p className="text-ink-3">{t`A start or an end does nothing by itself that could be tested.`}</p>;
  }
  return (
    <div className="flex flex-col gap-4">
      <FieldRow
        id="trial-inputs"
        label={t`Inputs for the test`}
        note="JSON"
        help={fromRun ? t`What it received in its last run.` : t`What it is to receive, by name.`}
        error={undefined}
      >
        <textarea
          id="trial-inputs"
          rows={6}
          dir="auto"
          spellCheck={false}
          aria-describedby="trial-inputs-help"
          className={`py-1.5 font-mono text-xs! ${CONTROL}`}
          value={text ?? ""}
          onChange={(event) => trial.write(event.target.value)}
        />
      </FieldRow>
      <div className="flex flex-wrap gap-2">
        <Button look="main" disabled={busy} onClick={() => void trial.start()}>
          <FlaskConical aria-hidden />
          {t`Test this node`}
          <Keys keys="alt+enter" />
        </Button>
        {fromRun ? null : (
          <Button onClick={() => void trial.refill()}>
            <RotateCcw aria-hidden />
            {t`Inputs of the last run`}
          </Button>
        )}
      </div>
      {refusal ? (
        <p role="alert" className="rounded-ctl bg-fail-bg p-2.5 text-xs break-words text-fail" dir="auto">
          {refusal}
        </p>
      ) : null}
      {live && runId ? (
        <section aria-label={t`Test of ${titleOf(node)}`} className="border-t border-line pt-3.5">
          <Outcome nodeId={node.id} live={live} runId={runId} onStop={() => void trial.stop()} />
        </section>
      ) : null}
    </div>
  );
}

interface OutcomeProps {
  nodeId: string;
  live: LiveRun;
  runId: string;
  onStop: () => void;
}

function Outcome({ nodeId, live, runId, onStop }: OutcomeProps) {
  useSyncExternalStore(
    (listener) => live.subscribe("*", listener),
    () => live.version,
  );
  const activation = live.node(nodeId);
  const going = live.head.endedAt === null;
  return (
    <div className="flex flex-col gap-4">
      {activation ? (
        <Happened activation={activation} written={live.text(activation.key)} />
      ) : (
        // It may fail before the node is reached.
        <p className="text-ink-3">{live.head.error ?? t`It begins.`}</p>
      )}
      <div className="flex flex-wrap items-center gap-3">
        {going ? (
          <Button size="small" look="danger" onClick={onStop}>
            <Square aria-hidden />
            {t`Stop the test`}
          </Button>
        ) : null}
        <Link to="/runs/$runId" params={{ runId }} className="font-semibold text-focus underline">
          {going && activation?.status === "waiting" ? t`Answer it in the inspector` : t`Open in the inspector`}
        </Link>
      </div>
    </div>
  );
}
