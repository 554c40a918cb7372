import { t } from "@lingui/core/macro";
import { Plus, X } from "lucide-react";
import type { TemplateEntry } from "~/api/types";
import { configOf, isObject, readDocument, titleOf } from "~/core/document/document";
import { flowOrder } from "~/core/document/graph";
import { brief } from "~/core/run/shown";
import { Button, IconButton } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Tile } from "~/ui/Tile";
import { needWord } from "./gallery";
import { MiniMap } from "./MiniMap";
import { Chips } from "./Templates";
import { useTemplate } from "./useTemplate";

/** A template closely: its map, its steps in order, what it asks for and what it needs. */
export function Preview({ template, onClose }: { template: TemplateEntry | undefined; onClose: () => void }) {
  return (
    <Dialog
      label={template?.title ?? ""}
      open={template !== undefined}
      onClose={onClose}
      className="w-[760px] max-w-[96vw]"
    >
      {template ? <Content template={template} onClose={onClose} /> : null}
    </Dialog>
  );
}

function Content({ template, onClose }: { template: TemplateEntry; onClose: () => void }) {
  const take = useTemplate();
  const document = readDocument(template.workflow);
  const start = document.nodes.find((node) => node.type === "start");
  const asked = start ? configOf(start).inputs : [];
  return (
    <div className="flex max-h-[84vh] flex-col">
      <div className="flex items-center gap-2.5 border-b border-line px-4 py-2.5">
        <h2 className="min-w-0 flex-1 truncate text-base font-bold">{template.title}</h2>
        <IconButton label={t`Close`} onClick={onClose}>
          <X />
        </IconButton>
      </div>
      <div className="min-h-0 overflow-auto">
        <MiniMap workflow={template.workflow} className="h-52 w-full" />
        <div className="grid gap-5 p-4 sm:grid-cols-[1fr_240px]">
          <div>
            <p className="mb-3 text-sm">{template.description}</p>
            <ol aria-label={t`Steps`} className="flex flex-col gap-2">
              {flowOrder(document).map(({ node, depth }) => (
                <li key={node.id} className="flex items-center gap-2.5" style={{ paddingInlineStart: depth * 22 }}>
                  <Tile type={node.type} size="small" />
                  <span className="font-[550]">{titleOf(node)}</span>
                </li>
              ))}
            </ol>
          </div>
          <div className="flex flex-col gap-4">
            <section>
              <h3 className="cap mb-1">{t`Needs`}</h3>
              <p>
                {template.needs.length > 0 ? template.needs.map(needWord).join(", ") : t`Nothing: it runs as it is`}
              </p>
            </section>
            <section>
              <h3 className="cap mb-1">{t`Asks for`}</h3>
              <dl className="flex flex-col gap-1.5">
                {(Array.isArray(asked) ? asked.filter(isObject) : []).map((input) => (
                  <div key={String(input.name)}>
                    <dt className="font-[550]">{String(input.name)}</dt>
                    <dd className="text-xs text-ink-3">{String(input.description ?? "")}</dd>
                    <dd className="truncate font-mono text-xs text-ink-2">{brief(input.default, 80)}</dd>
                  </div>
                ))}
              </dl>
            </section>
            <div className="flex flex-wrap gap-1.5">
              <Chips template={template} />
            </div>
          </div>
        </div>
      </div>
      <div className="flex justify-end gap-2 border-t border-line px-4 py-3">
        <Button onClick={onClose}>{t`Close`}</Button>
        <Button look="main" onClick={() => void take(template.id)}>
          <Plus aria-hidden />
          {t`Use this template`}
        </Button>
      </div>
    </div>
  );
}
