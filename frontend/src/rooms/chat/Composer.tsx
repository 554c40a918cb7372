import { t } from "@lingui/core/macro";
import { ArrowUp, Square } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "~/ui/Button";

interface Props {
  busy: boolean;
  ready: boolean;
  onSend: (text: string) => void;
  onStop: () => void;
}

/** Where one writes: Enter sends, or queues while an answer is written; Shift and Enter begin a new line. */
export function Composer({ busy, ready, onSend, onStop }: Props) {
  const [text, setText] = useState("");
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => area.current?.focus(), []);
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (!text.trim() || !ready) return;
    onSend(text.trim());
    setText("");
    area.current?.focus();
  };
  return (
    <form className="mx-auto w-full max-w-[720px] shrink-0 px-5 pb-4" onSubmit={submit}>
      <div className="rounded-panel border border-ctl bg-panel focus-within:border-ink">
        <textarea
          ref={area}
          rows={2}
          dir="auto"
          aria-label={t`Message`}
          placeholder={busy ? t`Add a detail, or ask something else` : t`Say something`}
          className="block field-sizing-content max-h-48 min-h-14 w-full resize-none bg-transparent px-3 py-2.5 text-[15px] outline-none"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
        <div className="flex justify-end gap-2 p-2">
          {busy ? (
            <Button look="danger" size="small" onClick={onStop}>
              <Square aria-hidden />
              {t`Stop`}
            </Button>
          ) : null}
          <Button type="submit" look="main" size="small" disabled={!ready || !text.trim()}>
            <ArrowUp aria-hidden />
            {busy ? t`Queue` : t`Send`}
          </Button>
        </div>
      </div>
    </form>
  );
}
