import { t } from "@lingui/core/macro";
import { type DocumentNode, isObject, type JsonObject } from "~/core/document/document";
import { setNode } from "~/core/document/edit";
import { CONTROL, FieldRow } from "~/ui/Field";
import { useSession } from "../session/hooks";

/** When a node begins, how long it may take, and what happens when it fails. */
export function Rules({ node }: { node: DocumentNode }) {
  const { documents } = useSession();
  const set = (key: string, value: unknown) => documents.edit(setNode(node.id, key, value), `${node.id}.${key}`);
  const retry: JsonObject = isObject(node.retry) ? node.retry : {};
  const attempts = Number(retry.max_attempts ?? 1);
  const id = (key: string) => `${node.id}-${key}`;
  return (
    <div className="flex flex-col gap-4">
      <FieldRow
        id={id("on_error")}
        label={t`When it fails`}
        help={t`An outlet for errors can be drawn from any node in the list view.`}
      >
        <select
          id={id("on_error")}
          className={`h-8 ${CONTROL}`}
          value={String(node.on_error ?? "fail")}
          onChange={(event) => set("on_error", event.target.value === "fail" ? undefined : event.target.value)}
        >
          <option value="fail">{t`The run fails`}</option>
          <option value="continue">{t`The run goes on without it`}</option>
        </select>
      </FieldRow>
      <FieldRow id={id("attempts")} label={t`Attempts`} help={t`How often it is tried before it counts as failed.`}>
        <input
          id={id("attempts")}
          type="number"
          min={1}
          max={100}
          className={`h-8 ${CONTROL}`}
          value={attempts}
          onChange={(event) => {
            const number = event.target.valueAsNumber;
            if (Number.isFinite(number)) set("retry", number <= 1 ? undefined : { ...retry, max_attempts: number });
          }}
        />
      </FieldRow>
      {attempts > 1 ? (
        <FieldRow id={id("delay")} label={t`Seconds before the second attempt`}>
          <input
            id={id("delay")}
            type="number"
            min={0}
            step="any"
            className={`h-8 ${CONTROL}`}
            value={Number(retry.first_delay_s ?? 1)}
            onChange={(event) => set("retry", { ...retry, first_delay_s: event.target.valueAsNumber || 0 })}
          />
        </FieldRow>
      ) : null}
      <FieldRow id={id("timeout")} label={t`Seconds it may take`} help={t`Empty: as long as it needs.`}>
        <input
          id={id("timeout")}
          type="number"
          min={0}
          step="any"
          className={`h-8 ${CONTROL}`}
          value={typeof node.timeout_s === "number" ? node.timeout_s : ""}
          onChange={(event) =>
            set("timeout_s", event.target.valueAsNumber > 0 ? event.target.valueAsNumber : undefined)
          }
        />
      </FieldRow>
      <FieldRow id={id("join")} label={t`When several tracks arrive`}>
        <select
          id={id("join")}
          className={`h-8 ${CONTROL}`}
          value={String(node.join ?? "all")}
          onChange={(event) => set("join", event.target.value === "all" ? undefined : event.target.value)}
        >
          <option value="all">{t`Wait for all paths that are taken`}</option>
          <option value="any">{t`Begin with the first path`}</option>
          <option value="every">{t`Only if all paths are taken`}</option>
        </select>
      </FieldRow>
      <label className="flex items-center gap-2">
        <input
          type="checkbox"
          className="accent-(--ink)"
          checked={node.disabled ?? false}
          onChange={(event) => set("disabled", event.target.checked || undefined)}
        />
        {t`Switched off: a run passes it by`}
      </label>
    </div>
  );
}
