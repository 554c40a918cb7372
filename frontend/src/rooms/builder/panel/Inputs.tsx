import { t } from "@lingui/core/macro";
import { Plus, X } from "lucide-react";
import { type DocumentNode, type InputMapping, nodeOf, titleOf } from "~/core/document/document";
import { setNode } from "~/core/document/edit";
import { before } from "~/core/document/graph";
import { outputFields, startInputs } from "~/core/forms/references";
import { Button, IconButton } from "~/ui/Button";
import { CONTROL } from "~/ui/Field";
import { useDocument, useSession } from "../session/hooks";

/** What a node receives, and from where: by name, for its prompts and formulas. */
export function Inputs({ node }: { node: DocumentNode }) {
  const { documents } = useSession();
  const list = node.inputs ?? [];
  const set = (inputs: InputMapping[]) => documents.edit(setNode(node.id, "inputs", inputs), `${node.id}.inputs`);
  const change = (index: number, patch: Partial<InputMapping>) => {
    const old = list[index];
    if (old) set(list.with(index, { ...old, ...patch }));
  };
  const sources = useSources(node.id);
  const add = () => {
    const [source] = sources;
    set([...list, { name: `input_${list.length + 1}`, ...(source && { source_node: source.id }) }]);
  };
  return (
    <div className="flex flex-col gap-3">
      {list.length === 0 ? (
        <p className="text-xs text-ink-3">
          {t`Nothing is chosen, so this node receives whatever the nodes before it hand on.`}
        </p>
      ) : null}
      {list.map((input, index) => (
        // eslint-disable-next-line react/no-array-index-key -- the name is what is being edited
        <div key={index} className="rounded-ctl border border-line bg-panel-2 p-2">
          <div className="flex gap-1.5">
            <input
              type="text"
              aria-label={t`Name of input ${index + 1}`}
              className={`h-8 font-mono text-xs! ${CONTROL}`}
              value={input.name}
              onChange={(event) => change(index, { name: event.target.value })}
            />
            <IconButton label={t`Remove input ${input.name}`} onClick={() => set(list.toSpliced(index, 1))}>
              <X />
            </IconButton>
          </div>
          <div className="mt-1.5 grid grid-cols-2 gap-1.5">
            <select
              aria-label={t`Where ${input.name} comes from`}
              className={`h-8 ${CONTROL}`}
              value={input.source_node ?? ""}
              onChange={(event) => change(index, { source_node: event.target.value || null })}
            >
              <option value="">{t`The run's inputs`}</option>
              {input.source_node && !sources.some((one) => one.id === input.source_node) ? (
                <option value={input.source_node}>{input.source_node}</option>
              ) : null}
              {sources.map((source) => (
                <option key={source.id} value={source.id}>
                  {titleOf(source)}
                </option>
              ))}
            </select>
            <SourceField input={input} index={index} onChange={(field) => change(index, { source_field: field })} />
          </div>
        </div>
      ))}
      <Button size="small" className="self-start" onClick={add}>
        <Plus aria-hidden />
        {t`Add input`}
      </Button>
    </div>
  );
}

interface SourceProps {
  input: InputMapping;
  index: number;
  onChange: (field: string) => void;
}

function SourceField({ input, index, onChange }: SourceProps) {
  const { catalogue } = useSession();
  const document = useDocument((one) => one);
  const source = nodeOf(document, input.source_node);
  const known = source
    ? outputFields(source, (type) => Object.keys(catalogue.types.get(type)?.outputs ?? {}))
    : startInputs(document);
  return (
    <>
      <input
        type="text"
        list={`fields-${index}`}
        aria-label={t`Which part of it ${input.name} is`}
        className={`h-8 font-mono text-xs! ${CONTROL}`}
        placeholder={source ? "output" : input.name}
        value={input.source_field ?? ""}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={`fields-${index}`}>
        {known.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}

/** What a node may read from: all before it, and the containers that it is in. */
function useSources(id: string): DocumentNode[] {
  const document = useDocument((one) => one);
  const upstream = before(document, id);
  for (let parent = nodeOf(document, nodeOf(document, id)?.parent); parent; parent = nodeOf(document, parent.parent)) {
    if (upstream.has(parent.id) && parent.parent === parent.id) break;
    upstream.add(parent.id);
    for (const other of before(document, parent.id)) upstream.add(other);
  }
  return document.nodes.filter((node) => upstream.has(node.id) && node.id !== id);
}
