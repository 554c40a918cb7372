import { t } from "@lingui/core/macro";
import { X } from "lucide-react";
import { useEffect } from "react";
import { create } from "zustand";
import { Button, IconButton } from "./Button";

interface Toast {
  id: number;
  text: string;
  tone: "note" | "error";
  action?: { label: string; run: () => void };
}

const SHOWN_MS = 10_000;
let last = 0;

const useToasts = create<{ list: Toast[] }>(() => ({ list: [] }));

/** Say something in the corner, for ten seconds; `action` is what may be done about it. */
export function toast(text: string, options: Partial<Pick<Toast, "tone" | "action">> = {}): void {
  const entry: Toast = { id: ++last, text, tone: "note", ...options };
  useToasts.setState(({ list }) => ({ list: [...list.slice(-3), entry] }));
}

function dismiss(id: number): void {
  useToasts.setState(({ list }) => ({ list: list.filter((entry) => entry.id !== id) }));
}

export function Toasts() {
  const list = useToasts((state) => state.list);
  return (
    <div aria-live="polite" className="pointer-events-none fixed end-4 bottom-12 z-50 flex flex-col items-end gap-2">
      {list.map((entry) => (
        <ToastCard key={entry.id} entry={entry} />
      ))}
    </div>
  );
}

function ToastCard({ entry }: { entry: Toast }) {
  useEffect(() => {
    const timer = setTimeout(() => dismiss(entry.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [entry.id]);
  const { action } = entry;
  return (
    <div
      className={`pointer-events-auto flex max-w-96 items-center gap-3 rounded-panel border bg-panel py-2 ps-3 pe-2 shadow-node ${entry.tone === "error" ? "border-fail" : "border-line-2"}`}
    >
      <span className="min-w-0 flex-1 break-words">{entry.text}</span>
      {action ? (
        <Button
          size="small"
          onClick={() => {
            action.run();
            dismiss(entry.id);
          }}
        >
          {action.label}
        </Button>
      ) : null}
      <IconButton label={t`Dismiss`} size="small" onClick={() => dismiss(entry.id)}>
        <X />
      </IconButton>
    </div>
  );
}
