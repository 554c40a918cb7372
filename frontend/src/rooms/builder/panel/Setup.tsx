import { t } from "@lingui/core/macro";
import { useEffect, useState } from "react";
import { configKey, configOf, type DocumentNode, type Json } from "~/core/document/document";
import { configure } from "~/core/document/edit";
import { type Field, isShown } from "~/core/forms/fields";
import type { Problem } from "~/core/document/problems";
import { FieldRow } from "~/ui/Field";
import { useProblems, useSession, useView } from "../session/hooks";
import { FieldEditor } from "./fields/FieldEditor";
import { Fixes } from "./Fixes";

const NONE: readonly Problem[] = [];

/** The configuration of a node, derived from the schema of its type. */
export function Setup({ node }: { node: DocumentNode }) {
  const { catalogue } = useSession();
  const type = catalogue.types.get(node.type);
  const fields = catalogue.fields.get(node.type) ?? [];
  const problems = useProblems().byNode.get(node.id) ?? NONE;
  const config = configOf(node);
  const shown = fields.filter((field) => isShown(field, config, fields));
  const [plain, advanced] = [shown.filter((field) => !field.advanced), shown.filter((field) => field.advanced)];
  const wrongInside = advanced.some((field) => problems.some((problem) => isAbout(problem, node, field)));
  const [open, setOpen] = useState(false);
  const placed = problems.filter((problem) => shown.some((field) => isAbout(problem, node, field)));
  const others = problems.filter((problem) => !placed.includes(problem));
  return (
    <div className="flex flex-col gap-4">
      {others.map((problem) => (
        <div key={problem.code + problem.message} className="rounded-ctl bg-fail-bg p-2.5 text-xs">
          <p className="font-semibold text-fail">{problem.message}</p>
          <p className="mt-0.5 text-ink-2">{problem.hint}</p>
          <Fixes problem={problem} />
        </div>
      ))}
      {type ? null : <UnknownType node={node} />}
      {plain.map((field) => (
        <One key={field.key} node={node} field={field} problems={problems} />
      ))}
      {advanced.length > 0 ? (
        <details open={open || wrongInside} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary className="cursor-pointer rounded-chip py-1 font-semibold text-ink-2">{t`More settings`}</summary>
          <div className="mt-3 flex flex-col gap-4">
            {open || wrongInside
              ? advanced.map((field) => <One key={field.key} node={node} field={field} problems={problems} />)
              : null}
          </div>
        </details>
      ) : null}
      {type ? <p className="border-t border-line pt-3 text-xs whitespace-pre-line text-ink-3">{type.doc}</p> : null}
    </div>
  );
}

const isAbout = (problem: Problem, node: DocumentNode, field: Field): boolean => {
  const place = `${configKey(node.type)}.${field.key}`;
  return problem.field === place || (problem.field?.startsWith(`${place}.`) ?? false);
};

function One({ node, field, problems }: { node: DocumentNode; field: Field; problems: readonly Problem[] }) {
  const { documents } = useSession();
  const wanted = useView((state) => state.focusField);
  const id = `${node.id}-${field.key}`;
  const wrong = problems.filter((problem) => isAbout(problem, node, field));
  const [first] = wrong;
  useEffect(() => {
    if (wanted === `${configKey(node.type)}.${field.key}`) document.getElementById(id)?.focus();
  }, [wanted, node.type, field.key, id]);
  const change = (value: Json | undefined) =>
    documents.edit(configure(node.id, field.key, value), `${node.id}.${field.key}`);
  return (
    <FieldRow
      id={id}
      label={field.title}
      help={field.help}
      error={first ? withoutName(first.message) : undefined}
      fix={first ? <Fixes problem={first} /> : null}
    >
      <FieldEditor
        id={id}
        field={field}
        value={configOf(node)[field.key]}
        invalid={wrong.length > 0}
        nodeId={node.id}
        onChange={change}
      />
    </FieldRow>
  );
}

const withoutName = (message: string): string => message.replace(/^'[^']*':\s*/, "");

/** A type that this server does not have, such as a plug-in's that was removed: its settings are kept and can be read. */
function UnknownType({ node }: { node: DocumentNode }) {
  return (
    <div className="flex flex-col gap-1.5">
      <p>{t`This server has no node type “${node.type}”. Its settings are kept as they are.`}</p>
      <pre className="overflow-auto rounded-ctl border border-line bg-code p-2 font-mono text-xs">
        {JSON.stringify(configOf(node), null, 2)}
      </pre>
    </div>
  );
}
