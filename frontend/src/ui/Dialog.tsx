import { type ReactNode, useEffect, useRef } from "react";

interface Props {
  label: string;
  open: boolean;
  onClose: () => void;
  className?: string;
  children: ReactNode;
}

/**
 * The browser's own modal dialog: it keeps the focus, closes on Escape and makes the rest inert. (Dialogs of libraries
 * lock scrolling with a style element, which the policy of our pages forbids.)
 */
export function Dialog({ label, open, onClose, className = "", children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog || !open) return undefined;
    dialog.showModal();
    return () => dialog.close();
  }, [open]);
  if (!open) return null;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events -- Escape closes it
    <dialog
      ref={ref}
      aria-label={label}
      className={`m-auto rounded-panel border border-ink bg-panel p-0 text-ink shadow-node backdrop:bg-rail/45 ${className}`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      {children}
    </dialog>
  );
}
