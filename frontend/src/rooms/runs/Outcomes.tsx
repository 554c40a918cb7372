import { t } from "@lingui/core/macro";
import { count } from "~/core/words";
import type { Pillar } from "~/core/history/pillars";

const HEIGHT = 60;
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

interface Props {
  pillars: Pillar[];
  onPick: (from: number, to: number) => void;
}

/** How many runs began when, and how they ended. A bar chosen with the pointer narrows the list to its time. */
export function Outcomes({ pillars, onPick }: Props) {
  const highest = Math.max(...pillars.map((pillar) => pillar.total), 1);
  const total = pillars.reduce((sum, pillar) => sum + pillar.total, 0);
  const failed = pillars.reduce((sum, pillar) => sum + pillar.failed, 0);
  const width = 100 / pillars.length;
  return (
    <svg
      role="img"
      aria-label={t`${count(total)} runs over time, ${count(failed)} of them failed`}
      width="100%"
      height={HEIGHT}
      viewBox={`0 0 100 ${HEIGHT}`}
      preserveAspectRatio="none"
      className="block"
    >
      {pillars.map((pillar, index) => {
        const x = index * width + width * 0.08;
        const scale = (runs: number) => (runs === 0 ? 0 : Math.max((runs / highest) * (HEIGHT - 4), 2));
        const [all, bad, open] = [scale(pillar.total), scale(pillar.failed), scale(pillar.open)];
        const parts: [number, number, string][] = [
          [HEIGHT - all, all, "fill-ok/55"],
          [HEIGHT - all, bad, "fill-fail"],
          [HEIGHT - all + bad, open, "fill-wait"],
        ];
        return (
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the fields beside it do the same
          <g
            key={pillar.from}
            className="cursor-pointer"
            role="presentation"
            onClick={() => pillar.total > 0 && onPick(pillar.from, pillar.to)}
          >
            <title>{t`${moment.format(pillar.from)}: ${count(pillar.total)} runs, ${count(pillar.failed)} failed`}</title>
            <rect x={index * width} y={0} width={width} height={HEIGHT} className="fill-transparent" />
            {parts.map(([y, height, look]) =>
              height > 0 ? (
                <rect
                  key={look}
                  x={x}
                  y={y}
                  width={width * 0.84}
                  height={Math.min(height, HEIGHT - y)}
                  className={look}
                />
              ) : null,
            )}
          </g>
        );
      })}
    </svg>
  );
}
