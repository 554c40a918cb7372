import { t } from "@lingui/core/macro";
import type { JsonObject } from "~/core/document/document";
import { CONTROL, FieldRow } from "~/ui/Field";
import type { Field } from "~/core/forms/fields";
import { useDocument, useSession } from "../session/hooks";
import { KeyValueField } from "./fields/Lists";

const VARIABLES: Field = {
  key: "variables",
  title: "Variables",
  help: "",
  widget: "key-value",
  advanced: false,
  fallback: undefined,
  optional: true,
  placeholder: "",
  options: [],
  minimum: undefined,
  maximum: undefined,
  integer: false,
  row: [],
  when: {},
  schema: {},
};

/** The workflow itself: its name, what it is for, its variables. */
export function WorkflowPanel() {
  const { documents } = useSession();
  const name = useDocument((document) => document.name);
  const description = useDocument((document) => document.description);
  const variables = useDocument((document) => document.variables);
  const set = (key: string, value: unknown) =>
    documents.edit((draft) => {
      draft[key] = value;
    }, `workflow.${key}`);
  return (
    <div className="flex flex-col gap-4 overflow-auto p-3.5">
      <h2 className="text-[15px] font-bold">{t`Workflow`}</h2>
      <FieldRow id="workflow-name" label={t`Name`}>
        <input
          id="workflow-name"
          type="text"
          dir="auto"
          className={`h-8 ${CONTROL}`}
          value={name}
          onChange={(event) => set("name", event.target.value)}
        />
      </FieldRow>
      <FieldRow id="workflow-description" label={t`What it is for`}>
        <textarea
          id="workflow-description"
          rows={3}
          dir="auto"
          className={`py-2 ${CONTROL}`}
          value={description ?? ""}
          onChange={(event) => set("description", event.target.value)}
        />
      </FieldRow>
      <FieldRow id="workflow-variables" label={t`Variables`} help={t`Prompts and formulas read them as vars.name.`}>
        <KeyValueField
          id="workflow-variables"
          field={{ ...VARIABLES, title: t`Variables` }}
          value={variables}
          invalid={false}
          nodeId=""
          onChange={(value) => set("variables", (value ?? {}) as JsonObject)}
        />
      </FieldRow>
    </div>
  );
}
