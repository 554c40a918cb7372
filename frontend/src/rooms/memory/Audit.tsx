import { t } from "@lingui/core/macro";
import { server } from "~/api/client";
import { said } from "~/core/run/command";
import { ago } from "~/core/words";
import { Empty } from "~/ui/Empty";

const SHOWN = 500;

/** Who took what out of a memory, when and why; never the text. */
export function Audit({ agent }: { agent: string }) {
  const audit = server.useQuery("get", "/api/memory/{agent_id}/audit", {
    params: { path: { agent_id: agent }, query: { limit: SHOWN } },
  });
  if (audit.error) return <Empty title={t`The audit is not to be had`} text={said(audit.error)} />;
  if (!audit.data) return null;
  if (audit.data.length === 0) {
    return (
      <Empty
        title={t`Nothing was taken out`}
        text={t`When something is forgotten, it is noted here who did it, when and why; never what it said.`}
      />
    );
  }
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
    <div className="min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2" tabIndex={0}>
      <table className="w-full text-[13px]">
        <thead className="text-xs text-ink-3">
          <tr className="h-9 border-b border-line [&_th]:px-[18px] [&_th]:text-start [&_th]:font-semibold">
            <th scope="col">{t`When`}</th>
            <th scope="col">{t`What`}</th>
            <th scope="col">{t`By`}</th>
            <th scope="col">{t`Why`}</th>
            <th scope="col" className="max-md:hidden">{t`Memory`}</th>
          </tr>
        </thead>
        <tbody>
          {audit.data.map((line) => (
            <tr
              key={`${line.at} ${line.memory_id} ${line.action}`}
              className="h-11 border-b border-line [&_td]:px-[18px]"
            >
              <td className="whitespace-nowrap">
                <time dateTime={line.at} title={line.at}>
                  {ago(line.at)}
                </time>
              </td>
              <td>{actionWord(line.action)}</td>
              <td dir="auto">{line.by}</td>
              <td dir="auto" className="break-words">
                {line.reason || <span className="text-ink-3">{t`no reason given`}</span>}
              </td>
              <td className="font-mono text-xs text-ink-3 max-md:hidden">{line.memory_id}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function actionWord(action: string): string {
  const words: Record<string, string> = {
    forget: t`forgotten`,
    clear: t`everything forgotten`,
    expire: t`expired`,
    supersede: t`superseded`,
  };
  return words[action] ?? action.replaceAll("_", " ");
}
