import { t } from "@lingui/core/macro";
import { fixesFor, type Problem } from "~/core/document/problems";
import { useSession } from "../session/hooks";

/** What can be done about a problem, each with one click. */
export function Fixes({ problem }: { problem: Problem }) {
  const { documents } = useSession();
  const fixes = fixesFor(problem, {
    patch: t`Fix`,
    add_start: t`Add a start`,
    create_variable: t`Create variable`,
    remove_node: t`Remove the node`,
  });
  if (fixes.length === 0) return null;
  return (
    <div className="mt-1 flex gap-3">
      {fixes.map((fix) => (
        <button
          key={fix.label}
          type="button"
          className="text-xs font-semibold text-focus hover:underline"
          onClick={() => documents.edit(fix.edit)}
        >
          {fix.label}
        </button>
      ))}
    </div>
  );
}
