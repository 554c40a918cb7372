import type { Widget } from "~/core/forms/fields";
import type { ComponentType } from "react";
import { JsonField } from "./JsonField";
import { ArgumentsField, KeyValueField, RowsField, StringsField, ToolsField } from "./Lists";
import {
  ModelField,
  NumberField,
  SelectField,
  SliderField,
  TextField,
  ToggleField,
  ToolField,
  WorkflowField,
} from "./Plain";
import { PromptField } from "./Prompt";
import type { FieldProps } from "./props";

/** What each kind of value is edited with. A new one is a component and a line here. */
const EDITORS: Record<Widget, ComponentType<FieldProps>> = {
  text: TextField,
  prompt: PromptField,
  code: PromptField,
  expression: PromptField,
  number: NumberField,
  slider: SliderField,
  select: SelectField,
  toggle: ToggleField,
  model: ModelField,
  tools: ToolsField,
  tool: ToolField,
  workflow: WorkflowField,
  arguments: ArgumentsField,
  "key-value": KeyValueField,
  strings: StringsField,
  rows: RowsField,
  json: JsonField,
};

export function FieldEditor(props: FieldProps) {
  const { field } = props;
  const template = field.widget === "text" && JSON.stringify(field.schema).includes('"template"');
  const Editor = template ? PromptField : EDITORS[field.widget];
  return <Editor {...props} />;
}
