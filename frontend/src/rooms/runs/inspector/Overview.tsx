import { t } from "@lingui/core/macro";
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { Chosen } from "~/core/trace/chosen";
import { densityOf, type Scale, workOf } from "~/core/trace/scale";
import type { Trace } from "~/core/trace/trace";
import { duration } from "~/core/words";
import { Button } from "~/ui/Button";

interface Props {
  trace: Trace;
  scale: Scale;
  chosen: Chosen;
  onChoose: (change: Partial<Chosen>) => void;
}

const PARTS = 96;
const HEIGHT = 58;
const BASE = 46;
const LEAST = 0.01;
const STEP = 0.02;

/** The whole run at a glance: how much text came when. Drag over it to look at a stretch closely. */
export function Overview({ trace, scale, chosen, onChoose }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<[number, number] | null>(null);
  const wrote = trace.pieces.length > 0;
  const density = wrote ? densityOf(trace.pieces, scale, PARTS) : workOf(trace.spans.values(), scale, PARTS);
  const highest = Math.max(...density, 1);
  const [from, to] = drag ? [Math.min(...drag), Math.max(...drag)] : [chosen.from ?? 0, chosen.to ?? 1];
  const zoomed = from > 0 || to < 1;
  const place = (event: PointerEvent) => {
    const { left, width } = box.current?.getBoundingClientRect() ?? { left: 0, width: 1 };
    return Math.min(1, Math.max(0, (event.clientX - left) / width));
  };
  const choose = (a: number, b: number) => {
    const whole = b - a < LEAST || (a <= 0 && b >= 1);
    onChoose(whole ? { from: undefined, to: undefined } : { from: round(a), to: round(b) });
  };
  return (
    <div
      ref={box}
      className="relative h-[58px] shrink-0 touch-none border-b border-line bg-panel-2"
      role="presentation"
      onPointerDown={(event) => {
        if (event.button !== 0 || (event.target instanceof Element && event.target.closest("button, [role=slider]")))
          return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag([place(event), place(event)]);
      }}
      onPointerMove={(event) => drag && setDrag([drag[0], place(event)])}
      onPointerUp={() => {
        if (!drag) return;
        setDrag(null);
        choose(Math.min(...drag), Math.max(...drag));
      }}
      onPointerCancel={() => setDrag(null)}
    >
      <svg
        width="100%"
        height={HEIGHT}
        viewBox={`0 0 100 ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden
        className="block"
      >
        {density.map((size, index) => {
          const height = size === 0 ? 0 : Math.max(1.5, (size / highest) * 26);
          const x = (index * 100) / PARTS;
          return size > 0 ? (
            // eslint-disable-next-line react/no-array-index-key -- parts of a scale have no other name
            <rect key={index} x={x} y={BASE - height} width={80 / PARTS} height={height} className="fill-k-agent/75" />
          ) : null;
        })}
        {scale.folds.map((fold) => (
          <rect
            key={fold.from}
            x={fold.left * 100}
            y={18}
            width={(fold.right - fold.left) * 100}
            height={28}
            className="fill-wait-bg"
          />
        ))}
      </svg>
      <span className="pointer-events-none absolute start-3.5 top-[3px] bg-panel-2 pe-1.5 text-[11.5px] text-ink-3">
        {wrote ? t`Text written over time` : t`Work over time`}
      </span>
      {scale.folds.map((fold) => (
        <span
          key={fold.from}
          className="pointer-events-none absolute top-[22px] truncate px-1 text-center text-[11.5px] font-semibold text-wait"
          style={{ left: `${fold.left * 100}%`, width: `${(fold.right - fold.left) * 100}%` }}
        >
          {t`${duration(fold.to - fold.from)} of waiting folded`}
        </span>
      ))}
      {zoomed ? (
        <div
          className="pointer-events-none absolute inset-y-0 border-x-2 border-ink bg-signal/15"
          style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
        />
      ) : null}
      <Edge
        label={t`Beginning of the stretch`}
        at={from}
        onMove={(by) => choose(Math.min(Math.max(0, from + by), to - LEAST), to)}
      />
      <Edge
        label={t`End of the stretch`}
        at={to}
        onMove={(by) => choose(from, Math.max(Math.min(1, to + by), from + LEAST))}
      />
      {zoomed && !drag ? (
        <Button
          size="small"
          className="absolute end-2 top-1"
          onClick={() => onChoose({ from: undefined, to: undefined })}
        >
          {t`Show all of it`}
        </Button>
      ) : null}
    </div>
  );
}

function Edge({ label, at, onMove }: { label: string; at: number; onMove: (by: number) => void }) {
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP, PageDown: -5 * STEP, PageUp: 5 * STEP, Home: -1, End: 1 }[
      event.key
    ];
    if (by === undefined) return;
    event.preventDefault();
    onMove(by);
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(at * 100)}
      aria-valuetext={`${Math.round(at * 100)} %`}
      className="absolute inset-y-0 w-2 -translate-x-1/2 cursor-ew-resize focus-visible:-outline-offset-2"
      style={{ left: `clamp(4px, ${at * 100}%, calc(100% - 4px))` }}
      onKeyDown={onKeyDown}
    />
  );
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;
