import { t } from "@lingui/core/macro";
import { useEffect, useState } from "react";
import { drop, PLACES, type Place, type Shown, USUAL_N } from "~/core/memory/shown";
import { placeWord } from "./words";

interface Props {
  shown: Shown;
  onChange: (next: Shown) => void;
}

const TYPING_MS = 300;
const COUNTS = [1, 3, 5, 8, 10, 20, 50, 100];
const BOX = "h-[26px] rounded-ctl border border-ctl bg-panel px-2 text-xs max-md:h-9";

/** From where the question is asked: what belongs to another user, session or workflow is not recalled. */
export function AsSeenBy({ shown, onChange }: Props) {
  const n = shown.n ?? USUAL_N;
  return (
    <div role="group" aria-label={t`As asked from`} className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
      {PLACES.map((place) => (
        <PlaceBox key={place} place={place} shown={shown} onChange={onChange} />
      ))}
      <label className="flex items-center gap-1.5 text-xs text-ink-3">
        {t`at most`}
        <select
          className={BOX}
          value={n}
          onChange={({ target }) => {
            const chosen = Number(target.value);
            onChange(chosen === USUAL_N ? drop(shown, "n") : { ...shown, n: chosen });
          }}
        >
          {[...new Set([...COUNTS, n])]
            .sort((a, b) => a - b)
            .map((one) => (
              <option key={one}>{one}</option>
            ))}
        </select>
      </label>
    </div>
  );
}

function PlaceBox({ place, shown, onChange }: Props & { place: Place }) {
  const [text, setText] = useState(shown[place] ?? "");
  useEffect(() => {
    if (text === (shown[place] ?? "")) return undefined;
    const timer = setTimeout(() => {
      const rest = drop(shown, place);
      onChange(text ? { ...rest, [place]: text } : rest);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, place, shown, onChange]);
  return (
    <label className="flex items-center gap-1.5 text-xs text-ink-3">
      {placeWord(place)}
      <input
        className={`w-28 ${BOX} font-mono`}
        placeholder={t`none`}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
    </label>
  );
}
