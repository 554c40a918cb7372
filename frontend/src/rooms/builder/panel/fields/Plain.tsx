import { t } from "@lingui/core/macro";
import { useState } from "react";
import { server } from "~/api/client";
import { CONTROL } from "~/ui/Field";
import type { FieldProps } from "./props";

export function TextField({ id, field, value, onChange, invalid }: FieldProps) {
  const shown = typeof value === "string" ? value : value === null || value === undefined ? "" : JSON.stringify(value);
  return (
    <input
      id={id}
      type="text"
      dir="auto"
      className={`h-8 ${CONTROL}`}
      aria-invalid={invalid || undefined}
      aria-describedby={`${id}-help`}
      placeholder={field.placeholder || (typeof field.fallback === "string" ? field.fallback : "")}
      value={shown}
      onChange={(event) => onChange(event.target.value === "" && field.optional ? undefined : event.target.value)}
    />
  );
}

export function NumberField({ id, field, value, onChange, invalid }: FieldProps) {
  // What is being typed may not be a number yet (`0.`): it is kept until it is one.
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <input
      id={id}
      type="number"
      className={`h-8 ${CONTROL}`}
      aria-invalid={invalid || undefined}
      aria-describedby={`${id}-help`}
      min={field.minimum}
      max={field.maximum}
      step={field.integer ? 1 : "any"}
      placeholder={typeof field.fallback === "number" ? String(field.fallback) : ""}
      value={typed ?? (typeof value === "number" ? value : "")}
      onChange={(event) => {
        setTyped(event.target.value);
        if (event.target.value === "") onChange(undefined);
        else if (Number.isFinite(event.target.valueAsNumber)) onChange(event.target.valueAsNumber);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

export function SliderField(props: FieldProps) {
  const { id, field, value, onChange } = props;
  const { minimum = 0, maximum = 1 } = field;
  return (
    <div className="flex items-center gap-3">
      <input
        type="range"
        aria-label={field.title}
        className="min-w-0 flex-1 accent-(--ink)"
        min={minimum}
        max={maximum}
        step={(maximum - minimum) / 20}
        value={typeof value === "number" ? value : minimum}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      <div className="w-20">
        <NumberField {...props} id={id} />
      </div>
    </div>
  );
}

export function SelectField({ id, field, value, onChange }: FieldProps) {
  const shown = typeof value === "string" ? value : typeof field.fallback === "string" ? field.fallback : "";
  return (
    <select
      id={id}
      className={`h-8 ${CONTROL}`}
      aria-describedby={`${id}-help`}
      value={shown}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      {field.optional && typeof field.fallback !== "string" ? <option value="">{t`As usual`}</option> : null}
      {field.options.includes(shown) || !shown ? null : <option>{shown}</option>}
      {field.options.map((option) => (
        <option key={option} value={option}>
          {option.replaceAll("_", " ")}
        </option>
      ))}
    </select>
  );
}

export function ToggleField({ id, field, value, onChange }: FieldProps) {
  const on = typeof value === "boolean" ? value : field.fallback === true;
  return (
    <button
      id={id}
      type="button"
      role="switch"
      aria-checked={on}
      aria-label={field.title}
      aria-describedby={`${id}-help`}
      className={`relative h-[18px] w-[30px] rounded-full ${on ? "bg-ok" : "bg-ctl"}`}
      onClick={() => onChange(!on === field.fallback ? undefined : !on)}
    >
      <span className={`absolute top-0.5 size-3.5 rounded-full bg-white ${on ? "start-3.5" : "start-0.5"}`} />
    </button>
  );
}

/** A model by name: those that can be used now come first, any other name may be typed. */
export function ModelField({ id, field, value, onChange, invalid }: FieldProps) {
  const models = server.useQuery("get", "/api/models");
  const shown = typeof value === "string" ? value : "";
  const name = shown || (typeof field.fallback === "string" ? field.fallback : "");
  const known = models.data?.find((model) => model.name === name);
  return (
    <>
      <input
        id={id}
        type="text"
        list={`${id}-models`}
        className={`h-8 ${CONTROL}`}
        aria-invalid={invalid || undefined}
        aria-describedby={`${id}-help`}
        placeholder={typeof field.fallback === "string" ? field.fallback : ""}
        value={shown}
        onChange={(event) => onChange(event.target.value || undefined)}
      />
      <datalist id={`${id}-models`}>
        {models.data?.map((model) => (
          <option key={`${model.provider} ${model.name}`} value={model.name}>
            {model.available ? model.provider : t`${model.provider}, not set up`}
          </option>
        ))}
      </datalist>
      {known && !known.available ? <p className="text-xs text-wait">{known.reason}</p> : null}
    </>
  );
}

export function WorkflowField({ id, value, onChange, invalid }: FieldProps) {
  const list = server.useQuery("get", "/api/workflows", { params: { query: { limit: 200 } } });
  const shown = typeof value === "string" ? value : "";
  return (
    <select
      id={id}
      className={`h-8 ${CONTROL}`}
      aria-invalid={invalid || undefined}
      aria-describedby={`${id}-help`}
      value={shown}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      <option value="">{t`Choose a workflow`}</option>
      {shown && !list.data?.some((one) => one.id === shown) ? <option value={shown}>{shown}</option> : null}
      {list.data?.map((one) => (
        <option key={one.id} value={one.id}>
          {one.name || one.id}
        </option>
      ))}
    </select>
  );
}

export function ToolField({ id, value, onChange, invalid }: FieldProps) {
  const tools = server.useQuery("get", "/api/tools");
  const shown = typeof value === "string" ? value : "";
  return (
    <select
      id={id}
      className={`h-8 ${CONTROL} font-mono`}
      aria-invalid={invalid || undefined}
      aria-describedby={`${id}-help`}
      value={shown}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      <option value="">{t`Choose a tool`}</option>
      {shown && tools.data && !tools.data.some((one) => one.name === shown) ? (
        <option value={shown}>{shown}</option>
      ) : null}
      {tools.data?.map((one) => (
        <option key={one.name} value={one.name}>
          {one.title}
        </option>
      ))}
    </select>
  );
}
