import { t } from "@lingui/core/macro";
import { Play } from "lucide-react";
import type { ToolEntry } from "~/api/types";
import type { JsonObject } from "~/core/document/document";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";

interface Props {
  tool: ToolEntry;
  values: JsonObject;
  open: boolean;
  onClose: () => void;
  onYes: () => void;
}

/** Before a call that may change things: what exactly would be done. */
export function AskFirst({ tool, values, open, onClose, onYes }: Props) {
  return (
    <Dialog label={t`Call ${tool.title}?`} open={open} onClose={onClose} className="w-[480px] max-w-[94vw]">
      <div className="flex max-h-[80vh] flex-col">
        <h2 className="border-b border-line px-4 py-3 text-base font-bold break-words">{t`Call ${tool.title}?`}</h2>
        <div className="flex flex-col gap-3 overflow-auto p-4">
          <p className="text-ink-2">{t`This may change things outside that cannot be taken back. It is called with:`}</p>
          <pre
            aria-label={t`Arguments`}
            className="rounded-ctl bg-code px-2.5 py-2 font-mono text-xs/[1.6] break-words whitespace-pre-wrap"
          >
            {JSON.stringify(values, null, 2)}
          </pre>
        </div>
        <div className="flex justify-end gap-2 border-t border-line px-4 py-3">
          <Button onClick={onClose}>{t`Cancel`}</Button>
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- whoever came here by a key goes on with one */}
          <Button look="main" autoFocus onClick={onYes}>
            <Play aria-hidden fill="currentColor" />
            {t`Call it`}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
