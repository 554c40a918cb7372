import { t } from "@lingui/core/macro";
import { Download, Upload } from "lucide-react";
import { useRef } from "react";
import { said } from "~/core/run/command";
import { Button } from "~/ui/Button";
import { Menu } from "~/ui/Menu";
import { toast } from "~/ui/Toasts";
import { importFile, useChanged } from "./queries";

/** Memory as a file, out and in. */
export function TakeAway({ agent }: { agent: string | undefined }) {
  const input = useRef<HTMLInputElement>(null);
  const changed = useChanged();
  const read = async (file: File) => {
    try {
      const { memories, turns } = await importFile(file);
      toast(
        memories + turns === 0
          ? t`All of it was remembered already.`
          : t`New: ${memories} memories and ${turns} turns of conversation.`,
      );
      changed();
    } catch (error) {
      toast(said(error), { tone: "error" });
    }
  };
  const take = (only?: string) => {
    const link = document.createElement("a");
    link.href = `/api/memory/export${only === undefined ? "" : `?agent_id=${encodeURIComponent(only)}`}`;
    link.download = "memory.jsonl";
    link.click();
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".jsonl,application/jsonl"
        aria-label={t`File to import`}
        className="hidden"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) void read(file);
          target.value = "";
        }}
      />
      <Button aria-label={t`Import`} onClick={() => input.current?.click()}>
        <Upload aria-hidden />
        <span className="max-md:hidden">{t`Import`}</span>
      </Button>
      <Menu
        label={t`Export`}
        trigger={
          <Button aria-label={t`Export`}>
            <Download aria-hidden />
            <span className="max-md:hidden">{t`Export`}</span>
          </Button>
        }
        entries={[
          { label: t`Everything`, onSelect: () => take() },
          ...(agent ? [{ label: t`Only ${agent}`, onSelect: () => take(agent) }] : []),
        ]}
      />
    </>
  );
}
