import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { InboxEntry } from "~/api/types";
import { nodeWords } from "~/core/inbox/shown";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";

/** A question that waits no more: somebody was faster, its time was up, or its run has ended. */
export function Gone({ entry, onBack }: { entry: InboxEntry | undefined; onBack: () => void }) {
  const [now] = useState(Date.now);
  const late = entry?.deadline && Date.parse(entry.deadline) <= now;
  return (
    <div role="alert">
      <Empty
        title={entry ? t`“${nodeWords(entry.node_id)}” waits no more` : t`This waits no more`}
        text={
          late
            ? t`Its time was up before it was answered, and the run went on without an answer.`
            : t`Somebody has answered it, or its run has ended. Nothing was sent from here.`
        }
      >
        <Button className="max-md:h-11" onClick={onBack}>{t`Back to the inbox`}</Button>
        {entry ? (
          <Link
            to="/runs/$runId"
            params={{ runId: entry.execution_id }}
            className="inline-flex h-8 items-center px-2 font-semibold text-focus underline max-md:h-11"
          >
            {t`See the run`}
          </Link>
        ) : null}
      </Empty>
    </div>
  );
}
