import { t } from "@lingui/core/macro";
import type { Share } from "~/core/trace/rows";
import { added, NO_USE, type Span } from "~/core/trace/span";
import { count, dollars } from "~/core/words";

const LOOKS = ["bg-k-agent", "bg-k-human", "bg-k-map", "bg-k-tool", "bg-k-loop", "bg-k-cond", "bg-k-sub"];
const SHOWN = LOOKS.length;

interface Part {
  name: string;
  weight: number;
  text: string;
}

/** Where the money went; as long as no price is known, where the tokens went. By node, or into and out of the model. */
export function Money({ spans, shares }: { spans: Iterable<Span>; shares?: Share[] }) {
  let use = NO_USE;
  for (const span of spans) use = added(use, span.use);
  if (use.input + use.output === 0) return null;
  const total = use.cost === null ? t`${count(use.input + use.output)} tokens` : dollars(use.cost);
  const parts: Part[] =
    shares && shares.length > 1
      ? shares.slice(0, SHOWN).map(({ name, use: used }) => ({
          name,
          weight: use.cost === null ? used.input + used.output : (used.cost ?? 0),
          text: used.cost === null ? count(used.input + used.output) : dollars(used.cost),
        }))
      : [
          { name: t`in`, weight: use.input, text: count(use.input) },
          { name: t`out`, weight: use.output, text: count(use.output) },
        ];
  return (
    <section
      aria-label={t`Where the money went`}
      className="rounded-ctl border border-line bg-panel-2 px-[11px] py-[9px]"
    >
      <h3 className="cap">{t`Where the ${total} went`}</h3>
      <div className="my-2 flex h-2.5 gap-px overflow-hidden rounded-[2px]" aria-hidden>
        {parts.map((part, index) => (
          <i key={part.name} className={LOOKS[index]} style={{ flexGrow: part.weight, flexBasis: 0 }} />
        ))}
      </div>
      <ul className="flex flex-wrap gap-x-3.5 gap-y-1 text-xs">
        {parts.map((part, index) => (
          <li key={part.name} className="flex items-center gap-1.5">
            <i className={`size-[9px] ${LOOKS[index]}`} aria-hidden />
            <span dir="auto">{part.name}</span>
            <span className="font-mono text-ink-3">{part.text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
