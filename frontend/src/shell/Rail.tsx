import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { MonitorCog, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { chooseTheme, chosenTheme, type Theme } from "~/core/appearance";
import { Tooltip } from "~/ui/Tooltip";
import { Mark } from "./Mark";
import { type Place, PLACES } from "./places";
import { useWaitingCount } from "./useWaiting";

const ENTRY =
  "relative grid size-9 place-items-center rounded-ctl text-inherit hover:bg-rail-on [&_svg]:size-[18px] [&_svg]:stroke-[1.75]";
const HERE =
  "bg-rail-on text-white before:absolute before:inset-y-2 before:-start-2 before:w-[3px] before:bg-signal max-md:before:inset-x-2 max-md:before:inset-y-auto max-md:before:-top-1.5 max-md:before:h-[3px] max-md:before:w-auto";
const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };

const MOST = 99;

/** The way between the rooms: at the side, on a small screen at the bottom. */
export function Rail() {
  const waiting = useWaitingCount();
  return (
    <nav
      aria-label={t`Main`}
      className="z-20 flex flex-col items-center gap-1 bg-rail pt-2.5 pb-3 text-rail-fg max-md:order-last max-md:flex-row max-md:justify-around max-md:px-2 max-md:pt-1.5 max-md:pb-1.5"
    >
      <span className="mb-2 grid size-9 place-items-center max-md:hidden">
        <Mark />
      </span>
      {PLACES.map((place) => (
        <Entry key={place.to} place={place} waiting={place.waits ? waiting : 0} />
      ))}
      <span className="flex-1 max-md:hidden" />
      <ThemeSwitch />
    </nav>
  );
}

function Entry({ place: { to, label, icon: Icon, exact }, waiting }: { place: Place; waiting: number }) {
  return (
    <Tooltip text={label()} side="right">
      <Link
        to={to}
        aria-label={waiting > 0 ? t`${label()}, ${waiting} waiting` : label()}
        className={ENTRY}
        activeProps={{ className: HERE }}
        activeOptions={{ exact: exact ?? false }}
      >
        <Icon aria-hidden />
        {waiting > 0 ? (
          <span
            aria-hidden
            className="absolute end-0.5 top-0.5 h-3.5 min-w-3.5 rounded-full bg-signal px-[3px] text-center text-[10px]/[14px] font-bold text-signal-ink"
          >
            {waiting > MOST ? `${MOST}+` : waiting}
          </span>
        ) : null}
      </Link>
    </Tooltip>
  );
}

function ThemeSwitch() {
  const [theme, setTheme] = useState(chosenTheme);
  const names = { system: t`as the system`, light: t`light`, dark: t`dark` };
  const Icon = { system: MonitorCog, light: Sun, dark: Moon }[theme];
  const label = t`Appearance: ${names[theme]}`;
  return (
    <Tooltip text={label} side="right">
      <button
        type="button"
        aria-label={label}
        className={ENTRY}
        onClick={() => {
          chooseTheme(NEXT[theme]);
          setTheme(NEXT[theme]);
        }}
      >
        <Icon aria-hidden />
      </button>
    </Tooltip>
  );
}
