import { t } from "@lingui/core/macro";
import { brief } from "~/core/run/shown";
import { type Call, forgetCalls } from "~/core/tools/recent";
import { ago, duration } from "~/core/words";
import { Button } from "~/ui/Button";
import { Lamp } from "~/ui/Lamp";
import { useNow } from "~/ui/useNow";

interface Props {
  calls: readonly Call[];
  shown: string | undefined;
  onPick: (call: Call) => void;
}

/** What was tried in this browser; a click brings it back, with its arguments. */
export function Recent({ calls, shown, onPick }: Props) {
  const now = useNow(30_000);
  return (
    <section
      aria-label={t`Recent calls`}
      className="flex max-h-56 shrink-0 flex-col border-t border-line max-xl:max-h-none"
    >
      <div className="flex h-9 shrink-0 items-center gap-2 px-[18px]">
        <h3 className="flex-1 text-xs font-[650]">{t`Recent calls`}</h3>
        {calls.length > 0 ? (
          <Button look="ghost" size="small" onClick={forgetCalls}>
            {t`Forget them`}
          </Button>
        ) : null}
      </div>
      {calls.length === 0 ? (
        <p className="border-t border-line px-[18px] py-2.5 text-xs text-ink-3">{t`None yet. They are kept in this browser only.`}</p>
      ) : (
        <ul className="min-h-0 overflow-auto">
          {calls.map((call) => (
            <li key={call.id} className="border-t border-line">
              <button
                type="button"
                aria-current={call.id === shown ? "true" : undefined}
                className="flex h-[34px] w-full items-center gap-2.5 px-[18px] text-start hover:bg-panel-2 aria-[current]:bg-panel-3"
                onClick={() => onPick(call)}
              >
                <Lamp status={call.failed ? "failed" : "succeeded"} />
                <span className="sr-only">{call.failed ? t`Error` : t`Succeeded`}</span>
                <span className="min-w-0 flex-1 truncate font-mono text-xs">
                  {call.tool}
                  <span className="ps-2 text-ink-3">{brief(call.arguments, 120)}</span>
                </span>
                {call.refused ? null : (
                  <span className="font-mono text-xs whitespace-nowrap">{duration(call.durationMs)}</span>
                )}
                <span className="w-20 text-end text-xs whitespace-nowrap text-ink-3">{ago(call.at, now)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
