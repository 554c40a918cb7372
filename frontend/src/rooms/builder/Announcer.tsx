import { t } from "@lingui/core/macro";
import { useEffect, useRef, useState } from "react";
import { nodeOf, titleOf } from "~/core/document/document";
import { lampOf } from "~/core/run/lamps";
import { statusWord } from "~/ui/Lamp";
import { useRunVersion, useSession, useShownRun } from "./session/hooks";

const EVERY_MS = 2_000;

/** Says aloud which nodes have ended, failed or wait, and where the run is paused; at most once in two seconds, and never what they write. */
export function Announcer() {
  const { documents } = useSession();
  const live = useShownRun()?.live;
  const version = useRunVersion();
  const [said, setSaid] = useState("");
  const known = useRef(new Map<string, string>());
  const last = useRef(0);
  const pausedAt = useRef(0);
  useEffect(() => {
    if (!live) return undefined;
    const tell = () => {
      last.current = Date.now();
      const news: string[] = [];
      for (const { key, nodeId, status } of live.activations.values()) {
        if (known.current.get(key) === status) continue;
        known.current.set(key, status);
        if (["completed", "failed", "waiting"].includes(status)) {
          news.push(`${titleOf(nodeOf(documents.get(), nodeId) ?? { id: nodeId })}: ${statusWord(lampOf(status))}`);
        }
      }
      const { pause } = live.head;
      if (pause && pause.seq !== pausedAt.current) {
        const name = pause.key === null ? "" : titleOf(nodeOf(documents.get(), pause.key) ?? { id: pause.key });
        news.push(name ? t`The run is paused at ${name}` : t`The run is paused`);
      }
      pausedAt.current = pause?.seq ?? 0;
      if (live.head.endedAt) news.push(t`The run: ${statusWord(lampOf(live.head.status))}`);
      if (news.length > 0) setSaid(news.slice(-4).join(". "));
    };
    const timer = setTimeout(tell, Math.max(0, last.current + EVERY_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [live, version, documents]);
  return (
    <div aria-live="polite" className="sr-only">
      {said}
    </div>
  );
}
