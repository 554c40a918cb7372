import { t } from "@lingui/core/macro";
import { Copy } from "lucide-react";
import { IconButton } from "~/ui/Button";
import { toast } from "~/ui/Toasts";

/** A command to be given at a terminal. */
export function CommandLine({ command }: { command: string }) {
  const copy = async () => {
    await navigator.clipboard.writeText(command);
    toast(t`Copied.`);
  };
  return (
    <span className="flex max-w-full min-w-0 items-center gap-1 self-start rounded-ctl border border-line bg-code ps-2.5">
      <code className="min-w-0 flex-1 py-1 font-mono text-xs break-words">{command}</code>
      <IconButton label={t`Copy ${command}`} size="small" onClick={() => void copy()}>
        <Copy />
      </IconButton>
    </span>
  );
}

const COMMAND = /`([^`]+)`|((?:pip install|uv (?:pip|sync)|pointwork) [^`]+)$/;

/** Advice whose command, if it has one, can be copied. */
export function Advice({ text }: { text: string }) {
  const found = COMMAND.exec(text);
  const command = found?.[1] ?? found?.[2];
  if (!command || !/^(pip|uv|pointwork) /.test(command)) return text ? <p className="text-ink-2">{text}</p> : null;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <p className="text-ink-2">{text}</p>
      <CommandLine command={command.replace(/\.$/, "")} />
    </div>
  );
}
