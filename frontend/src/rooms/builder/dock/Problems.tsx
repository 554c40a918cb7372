import { t } from "@lingui/core/macro";
import { Lamp } from "~/ui/Lamp";
import { CircleX, TriangleAlert } from "lucide-react";
import { useProblems, useSession } from "../session/hooks";
import { Fixes } from "../panel/Fixes";
import { cameraOf } from "../canvas/camera";

/** Everything that is wrong, the worst first; a click goes there. */
export function Problems() {
  const session = useSession();
  const { list } = useProblems();
  if (list.length === 0) {
    return (
      <p className="flex items-center gap-2 p-4 text-ink-3">
        <Lamp status="succeeded" />
        {t`Nothing is wrong with this workflow.`}
      </p>
    );
  }
  return (
    <ul aria-label={t`Problems`} className="h-full overflow-auto">
      {list.map((problem) => (
        <li
          key={`${problem.code} ${problem.node} ${problem.message}`}
          className="flex items-start gap-2.5 border-b border-line px-4 py-2"
        >
          {problem.severity === "error" ? (
            <CircleX className="mt-0.5 size-4 shrink-0 text-fail" aria-label={t`Error`} />
          ) : (
            <TriangleAlert className="mt-0.5 size-4 shrink-0 text-wait" aria-label={t`Warning`} />
          )}
          <div className="min-w-0 flex-1">
            <button
              type="button"
              disabled={!problem.node}
              className="text-start font-semibold enabled:hover:underline"
              onClick={() => {
                if (!problem.node) return;
                session.view.select(problem.node);
                session.view.setState({ focusField: problem.field, panel: true });
                cameraOf(session).fit([problem.node]);
              }}
            >
              {problem.message}
            </button>
            <p className="text-xs text-ink-3">{problem.hint}</p>
            <Fixes problem={problem} />
          </div>
        </li>
      ))}
    </ul>
  );
}
