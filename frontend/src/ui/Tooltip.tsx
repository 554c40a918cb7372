import { cloneElement, type ReactElement, useEffect, useState } from "react";
import { create } from "zustand";
import { Keys } from "./Keys";

type Side = "top" | "right" | "bottom" | "left";

interface Shown {
  text: string;
  keys: string | undefined;
  side: Side;
  at: DOMRect;
}

const DELAY_MS = 400;
const GAP = 6;
const useShown = create<{ shown: Shown | null }>(() => ({ shown: null }));
const hide = () => useShown.setState({ shown: null });

interface Events {
  onPointerEnter?: (event: { currentTarget: Element }) => void;
  onPointerLeave?: () => void;
  onFocus?: (event: { currentTarget: Element }) => void;
  onBlur?: () => void;
}

interface Props {
  text: string;
  keys?: string | undefined;
  side?: Side;
  children: ReactElement<Events>;
}

/** The name of what is only a picture, for those who see it. Screen readers have it from the thing itself. */
export function Tooltip({ text, keys, side = "bottom", children }: Props) {
  const [over, setOver] = useState<Element | null>(null);
  useEffect(() => {
    if (!over) return undefined;
    const show = () => useShown.setState({ shown: { text, keys, side, at: over.getBoundingClientRect() } });
    const timer = setTimeout(show, DELAY_MS);
    return () => {
      clearTimeout(timer);
      hide();
    };
  }, [over, text, keys, side]);
  return cloneElement(children, {
    onPointerEnter: ({ currentTarget }) => setOver(currentTarget),
    onPointerLeave: () => setOver(null),
    onFocus: ({ currentTarget }) => {
      if (currentTarget.matches(":focus-visible")) setOver(currentTarget);
    },
    onBlur: () => setOver(null),
  });
}

const PLACES: Record<Side, (at: DOMRect) => { left: number; top: number; translate: string }> = {
  top: (at) => ({ left: at.left + at.width / 2, top: at.top - GAP, translate: "-50% -100%" }),
  bottom: (at) => ({ left: at.left + at.width / 2, top: at.bottom + GAP, translate: "-50% 0" }),
  left: (at) => ({ left: at.left - GAP, top: at.top + at.height / 2, translate: "-100% -50%" }),
  right: (at) => ({ left: at.right + GAP, top: at.top + at.height / 2, translate: "0 -50%" }),
};
const NEAR_EDGE = 90;

/** Stands once in the page. */
export function TooltipLayer() {
  const shown = useShown((state) => state.shown);
  useEffect(() => {
    addEventListener("keydown", hide);
    addEventListener("pointerdown", hide);
    return () => {
      removeEventListener("keydown", hide);
      removeEventListener("pointerdown", hide);
    };
  }, []);
  if (!shown) return null;
  const { at } = shown;
  const beneath = at.bottom + 40 > innerHeight && shown.side === "bottom" ? "top" : shown.side;
  const place = PLACES[beneath](at);
  const left = shown.side === "right" ? place.left : Math.min(Math.max(place.left, NEAR_EDGE), innerWidth - NEAR_EDGE);
  return (
    <div
      role="tooltip"
      className="pointer-events-none fixed z-50 flex items-center gap-2 rounded-ctl bg-rail px-2 py-1 text-xs font-semibold whitespace-nowrap text-white"
      style={{ ...place, left }}
    >
      {shown.text}
      {shown.keys ? <Keys keys={shown.keys} bare /> : null}
    </div>
  );
}
