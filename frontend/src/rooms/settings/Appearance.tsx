import { t } from "@lingui/core/macro";
import { MonitorCog, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { chooseTheme, chosenTheme, type Theme } from "~/core/appearance";
import { Heading } from "./Heading";

/** How the app looks in this browser. */
export function Appearance() {
  const [theme, setTheme] = useState(chosenTheme);
  const all: [Theme, typeof Sun, string, string][] = [
    ["system", MonitorCog, t`As the system`, t`It follows this device, also when that changes at night.`],
    ["light", Sun, t`Light`, t`Ink on enamel.`],
    ["dark", Moon, t`Dark`, t`The same colours of status, tuned for a dark room.`],
  ];
  return (
    <>
      <Heading title={t`Appearance`}>{t`It counts for this browser only.`}</Heading>
      <fieldset className="mt-[18px] grid max-w-[720px] grid-cols-3 gap-3 max-sm:grid-cols-1">
        <legend className="sr-only">{t`Appearance`}</legend>
        {all.map(([name, Icon, title, text]) => (
          <label
            key={name}
            className="flex cursor-pointer flex-col gap-1.5 rounded-panel border border-line-2 p-3.5 has-checked:border-ink has-checked:bg-panel-2 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus"
          >
            <span className="flex items-center gap-2">
              <input
                type="radio"
                name="theme"
                className="accent-(--ink) outline-none"
                checked={theme === name}
                onChange={() => {
                  chooseTheme(name);
                  setTheme(name);
                }}
              />
              <Icon className="size-4" strokeWidth={1.75} aria-hidden />
              <span className="font-[650]">{title}</span>
            </span>
            <span className="text-xs text-ink-3">{text}</span>
          </label>
        ))}
      </fieldset>
    </>
  );
}
