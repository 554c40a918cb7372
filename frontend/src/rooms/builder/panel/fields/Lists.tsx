import { t } from "@lingui/core/macro";
import { X } from "lucide-react";
import { useState } from "react";
import { server } from "~/api/client";
import { isObject, type Json, type JsonObject } from "~/core/document/document";
import { type Field, fieldsOf } from "~/core/forms/fields";
import { Button, IconButton } from "~/ui/Button";
import { Add, Pairs, Words } from "~/ui/Entries";
import { CONTROL, FieldRow } from "~/ui/Field";
import { useNode } from "../../session/hooks";
import { configOf } from "~/core/document/document";
import { FieldEditor } from "./FieldEditor";
import type { FieldProps } from "./props";

/** A list of words. */
export function StringsField({ id, field, value, onChange }: FieldProps) {
  const words = Array.isArray(value) ? value.map(String) : [];
  const set = (next: string[]) => onChange(next.length === 0 && field.optional ? undefined : next);
  return <Words id={id} title={field.title} words={words} onChange={set} />;
}

/** A list of objects, such as the inputs of a start or the cases of a router. */
export function RowsField({ id, field, value, onChange, nodeId }: FieldProps) {
  const rows = Array.isArray(value) ? value.filter(isObject) : [];
  const set = (next: JsonObject[]) => onChange(next.length === 0 && field.optional ? undefined : next);
  return (
    <div className="flex flex-col gap-2">
      {rows.map((row, index) => (
        <Row
          // eslint-disable-next-line react/no-array-index-key -- rows have no other name than their place
          key={index}
          id={`${id}-${index}`}
          fields={field.row}
          row={row}
          nodeId={nodeId}
          onChange={(next) => set(rows.with(index, next))}
          onRemove={() => set(rows.toSpliced(index, 1))}
        />
      ))}
      <Add title={field.title} onClick={() => set([...rows, blank(field.row, rows)])} />
    </div>
  );
}

function blank(fields: readonly Field[], rows: readonly JsonObject[]): JsonObject {
  const [first, second] = fields;
  if (!first) return {};
  return {
    [first.key]: `${first.key}_${rows.length + 1}`,
    ...(second?.widget === "expression" && { [second.key]: "true" }),
  };
}

interface RowProps {
  id: string;
  fields: readonly Field[];
  row: JsonObject;
  nodeId: string;
  onChange: (row: JsonObject) => void;
  onRemove: () => void;
}

function Row({ id, fields, row, nodeId, onChange, onRemove }: RowProps) {
  const [first, ...rest] = fields;
  const [open, setOpen] = useState(false);
  if (!first) return null;
  const set = (key: string, value: Json | undefined) => {
    const { [key]: _old, ...others } = row;
    onChange(value === undefined ? others : { ...row, [key]: value });
  };
  const name = String(row[first.key] ?? "");
  const short = rest.filter((field) => field.widget === "expression" || field.key === "type");
  const shown = open ? rest : short;
  return (
    <div className="rounded-ctl border border-line bg-panel-2 p-1.5">
      <div className="flex gap-1">
        <input
          type="text"
          dir="auto"
          aria-label={first.title}
          className={`h-[26px] font-mono text-xs! ${CONTROL}`}
          value={name}
          onChange={(event) => set(first.key, event.target.value)}
        />
        <Button size="small" look="ghost" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t`Less` : t`More`}
        </Button>
        <IconButton label={t`Remove ${name}`} size="small" onClick={onRemove}>
          <X />
        </IconButton>
      </div>
      {shown.map((field) => (
        <div key={field.key} className="mt-1.5">
          {open ? (
            <FieldRow id={`${id}-${field.key}`} label={field.title} help={field.help}>
              <FieldEditor
                id={`${id}-${field.key}`}
                field={field}
                value={row[field.key]}
                invalid={false}
                nodeId={nodeId}
                onChange={(value) => set(field.key, value)}
              />
            </FieldRow>
          ) : (
            <label className="flex items-center gap-2 text-xs text-ink-3">
              <span className="w-10 shrink-0">{field.title}</span>
              <span className="min-w-0 flex-1">
                <FieldEditor
                  id={`${id}-${field.key}`}
                  field={field}
                  value={row[field.key]}
                  invalid={false}
                  nodeId={nodeId}
                  onChange={(value) => set(field.key, value)}
                />
              </span>
            </label>
          )}
        </div>
      ))}
    </div>
  );
}

/** Names with values of any kind. */
export function KeyValueField({ id, field, value, onChange }: FieldProps) {
  return <Pairs id={id} title={field.title} value={isObject(value) ? value : {}} name="key_" onChange={onChange} />;
}

/** The arguments of the chosen tool, as its own parameters describe them; each may be a template. */
export function ArgumentsField(props: FieldProps) {
  const { id, value, onChange, nodeId } = props;
  const node = useNode(nodeId);
  const name = node ? configOf(node).tool_name : undefined;
  const tools = server.useQuery("get", "/api/tools");
  const tool = tools.data?.find((one) => one.name === name);
  if (!tool) return <KeyValueField {...props} />;
  const set = isObject(value) ? value : {};
  const parameters = tool.parameters as JsonObject;
  const required = Array.isArray(parameters.required) ? parameters.required : [];
  const fields = fieldsOf(parameters);
  if (fields.length === 0) return <p className="text-xs text-ink-3">{t`This tool needs nothing to be told.`}</p>;
  return (
    <div className="flex flex-col gap-3 rounded-ctl border border-line p-2.5">
      {fields.map((field) => {
        // A number may come from a variable, so every argument is edited as text with variables.
        const plain: Field = { ...field, widget: field.options.length > 0 ? "select" : "text", optional: true };
        const entry = set[field.key];
        const textual = typeof entry === "string" || entry === undefined;
        const missing = required.includes(field.key) && (entry === undefined || entry === "");
        return (
          <FieldRow
            key={field.key}
            id={`${id}-${field.key}`}
            label={field.title}
            help={field.help}
            note={required.includes(field.key) ? t`needed` : null}
          >
            <FieldEditor
              id={`${id}-${field.key}`}
              field={textual && plain.widget === "text" ? { ...plain, schema: { format: "template" } } : plain}
              value={textual ? entry : JSON.stringify(entry)}
              invalid={missing}
              nodeId={nodeId}
              onChange={(next) => {
                const { [field.key]: _old, ...others } = set;
                onChange(next === undefined ? others : { ...set, [field.key]: next });
              }}
            />
          </FieldRow>
        );
      })}
    </div>
  );
}

/** Which tools an agent may call. */
export function ToolsField({ id, field, value, onChange }: FieldProps) {
  const tools = server.useQuery("get", "/api/tools");
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const unknown = chosen.filter((name) => tools.data && !tools.data.some((tool) => tool.name === name));
  const set = (name: string, on: boolean) => {
    const next = on ? [...chosen, name] : chosen.filter((one) => one !== name);
    onChange(next.length === 0 ? undefined : next);
  };
  return (
    <fieldset id={id} aria-label={field.title} className="max-h-52 overflow-auto rounded-ctl border border-line p-1">
      {[
        ...unknown.map((name) => ({ name, title: name, description: t`There is no such tool here.` })),
        ...(tools.data ?? []),
      ].map((tool) => (
        <label
          key={tool.name}
          title={tool.description}
          className="flex h-[26px] cursor-pointer items-center gap-2 rounded-chip px-1.5 hover:bg-panel-2"
        >
          <input
            type="checkbox"
            className="accent-(--ink)"
            checked={chosen.includes(tool.name)}
            onChange={(event) => set(tool.name, event.target.checked)}
          />
          <span className={`font-mono text-xs ${unknown.includes(tool.name) ? "text-fail" : ""}`}>{tool.title}</span>
        </label>
      ))}
    </fieldset>
  );
}
