import type { Json } from "~/core/document/document";
import type { Field } from "~/core/forms/fields";

/** What every editor of a value gets. `undefined` is: nothing set, the default holds. */
export interface FieldProps {
  id: string;
  field: Field;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  invalid: boolean;
  nodeId: string;
}
