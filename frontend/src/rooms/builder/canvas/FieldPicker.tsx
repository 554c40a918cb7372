import { t } from "@lingui/core/macro";
import { nodeOf } from "~/core/document/document";
import { connectField } from "~/core/nodes/typed";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Tile } from "~/ui/Tile";
import { useSession, useView } from "../session/hooks";

/** A track was refused because of what it would bring: which field is to be taken instead. */
export function FieldPicker() {
  const { view, documents } = useSession();
  const picking = useView((state) => state.picking);
  const close = () => view.setState({ picking: null });
  if (!picking) return null;
  const { source, target, port, reason, fields } = picking;
  return (
    <Dialog label={t`Pick a field`} open onClose={close} className="w-[420px] max-w-[94vw]">
      <h2 className="border-b border-line px-4 py-3 text-base font-bold">{t`Pick a field`}</h2>
      <div className="flex flex-col gap-3 p-4">
        <p role="alert" className="rounded-ctl bg-fail-bg p-2.5 text-xs text-fail" dir="auto">
          {reason}
        </p>
        <p className="text-xs text-ink-3">{t`These fit. The one that you pick becomes an input, and the track is laid.`}</p>
        <ul aria-label={t`Fields that fit`} className="flex max-h-72 flex-col gap-1 overflow-auto">
          {fields.map((one) => (
            <li key={`${one.node}.${one.field}`}>
              <button
                type="button"
                className="flex h-9 w-full items-center gap-2.5 rounded-ctl border border-line px-2.5 text-start hover:bg-panel-2"
                onClick={() => {
                  documents.edit(connectField(source, target, port, one));
                  view.select(target);
                  close();
                }}
              >
                <Tile type={nodeOf(documents.get(), one.node)?.type ?? ""} size="small" />
                <span className="min-w-0 flex-1 truncate font-mono text-xs font-semibold" dir="auto">
                  {one.field}
                </span>
                <span className="truncate text-xs text-ink-3" dir="auto">
                  {one.from}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
      <div className="flex justify-end border-t border-line px-4 py-3">
        <Button onClick={close}>{t`Cancel`}</Button>
      </div>
    </Dialog>
  );
}
