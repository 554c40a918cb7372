import { t } from "@lingui/core/macro";
import { Copy } from "lucide-react";
import { full } from "~/core/run/shown";
import { IconButton } from "~/ui/Button";
import { toast } from "~/ui/Toasts";
import { useRunHead } from "../session/hooks";

const MOST = 100_000;

/** What the run came to. Always text: what a model wrote is never run as a page. */
export function Output() {
  const head = useRunHead();
  if (!head) return null;
  if (head.error) {
    return (
      <p role="alert" className="p-4 break-words text-fail">
        {head.error}
      </p>
    );
  }
  if (!head.endedAt) return <p className="p-4 text-ink-3">{t`The result will be here when the run has ended.`}</p>;
  const text = head.result === null || head.result === undefined ? "" : full(head.result);
  if (!text) return <p className="p-4 text-ink-3">{t`The run ended without a result.`}</p>;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    toast(t`Copied.`);
  };
  return (
    <div className="relative h-full overflow-auto">
      <div className="absolute end-3 top-2">
        <IconButton label={t`Copy the output`} size="small" onClick={() => void copy()}>
          <Copy />
        </IconButton>
      </div>
      <pre
        aria-label={t`Output of the run`}
        dir="auto"
        className="p-4 pe-12 text-sm/[1.55] break-words whitespace-pre-wrap font-sans"
      >
        {text.slice(0, MOST)}
        {text.length > MOST ? `\n… ${t`${text.length - MOST} more characters: copy it to see them`}` : ""}
      </pre>
    </div>
  );
}
