import { t } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { InboxEntry } from "~/api/types";
import { CONTROL } from "~/ui/Field";
import { callMe, nameOfMine } from "~/core/inbox/mine";

/** What is asked; with the token of a link, of somebody who may see and do nothing else. */
export type AskedOf = InboxEntry & { token?: string };

/** What every way of answering gets. */
export interface AnswerProps {
  entry: AskedOf;
  head: ReactNode;
  foot: ReactNode;
  onAnswered: (words: string, runId: string) => void;
}

export const MAIN = "h-9 text-[14px]! max-md:h-12 max-md:w-full max-md:text-[15px]!";
export const OTHER = "h-9 text-[14px]! max-md:h-11 max-md:flex-1 max-md:text-[15px]!";

interface Props {
  entry: AskedOf;
  refused: { text: string; late: boolean } | null;
  buttons: ReactNode;
  children: ReactNode;
}

/** A question that scrolls, over the buttons, which do not. */
export function Sheet({ entry, refused, buttons, children }: Props) {
  const [name, setName] = useState(nameOfMine);
  return (
    <section aria-label={t`Question`} className="flex min-h-0 flex-1 flex-col">
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <div className="min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2" tabIndex={0}>
        <div className="flex max-w-[760px] flex-col gap-4 px-6 py-5 max-md:px-[18px] max-md:py-3.5">{children}</div>
      </div>
      <div className="border-t border-line bg-panel">
        <div className="flex max-w-[760px] flex-col gap-2.5 px-6 py-3 max-md:px-[18px] max-md:pb-4">
          {refused ? (
            <p role="alert" className="rounded-ctl bg-fail-bg p-2.5 text-[13px] text-fail">
              <b className="font-[650]">{refused.late ? t`This came too late.` : t`The answer was not taken.`}</b>{" "}
              {refused.text}{" "}
              {refused.late && entry.execution_id ? (
                <Link to="/runs/$runId" params={{ runId: entry.execution_id }} className="font-semibold underline">
                  {t`See the run`}
                </Link>
              ) : null}
            </p>
          ) : null}
          <div className="flex flex-wrap items-center gap-2">
            {buttons}
            <label className="ms-auto flex items-center gap-2 text-xs text-ink-3 max-md:order-first max-md:ms-0 max-md:w-full">
              {t`Answer as`}
              <input
                className={`h-8 w-44! max-md:h-11 max-md:w-auto! max-md:flex-1 ${CONTROL}`}
                autoComplete="name"
                placeholder={t`your name, for the log`}
                maxLength={200}
                value={name}
                onChange={({ target }) => {
                  setName(target.value);
                  callMe(target.value.trim());
                }}
              />
            </label>
          </div>
        </div>
      </div>
    </section>
  );
}
