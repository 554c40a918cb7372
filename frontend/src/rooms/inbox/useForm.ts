import { useEffect, useState } from "react";
import type { JsonObject } from "~/core/document/document";
import { loadValidator } from "~/core/forms/validate";
import { begun, type Form, wrongIn } from "~/core/inbox/asked";

/** The values of a form and what is wrong with them, which is told once somebody wants to send them. */
export function useForm(form: Form, initial?: JsonObject) {
  const [values, setValues] = useState(() => initial ?? begun(form));
  const [unreadable, setUnreadable] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(false);
  useEffect(() => void loadValidator(), []);
  const wrong = tried ? wrongIn(form, values) : {};
  return {
    values,
    wrong,
    setValues,
    onUnreadable: (key: string, is: boolean) => {
      const rest = [...unreadable].filter((one) => one !== key);
      setUnreadable(new Set(is ? [...rest, key] : rest));
    },
    /** Whether the values can be sent; if not, the first field that is wrong gets the focus. */
    check: async (): Promise<boolean> => {
      await loadValidator();
      setTried(true);
      const [first] = [
        ...unreadable,
        ...form.fields.map(({ key }) => key).filter((key) => key in wrongIn(form, values)),
      ];
      if (first === undefined) return true;
      document.getElementById(`answer-${first}`)?.focus();
      return false;
    },
  };
}
