import { t } from "@lingui/core/macro";
import type { Activation } from "~/core/run/activation";
import { fork, said } from "~/core/run/command";
import { toast } from "~/ui/Toasts";
import type { Session } from "../session/session";

/** Go on from where a node failed, with the workflow as it is drawn now; what came before is not run again. */
export async function retryFrom(session: Session, { seq }: Activation): Promise<void> {
  const { autosave, run } = session;
  const { shown } = run.store.getState();
  if (!shown) return;
  try {
    if (shown.live.head.endedAt === null) throw new Error(t`The run still goes on. Stop it first.`);
    await autosave.flush();
    const { reason, versionNumber } = autosave.info.getState();
    if (!autosave.isClean) throw new Error(reason || t`What is drawn here could not be saved.`);
    run.show(await fork(shown.id, Math.max(1, seq - 1), versionNumber));
    session.view.setState({ follow: true, only: null });
  } catch (error) {
    toast(said(error), { tone: "error" });
  }
}
