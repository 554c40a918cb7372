import { t } from "@lingui/core/macro";
import { commands } from "~/core/commands/registry";
import { Button } from "~/ui/Button";
import { Keys } from "~/ui/Keys";
import { starters } from "./starters";
import { useSession } from "./session/hooks";
import { cameraOf } from "./canvas/camera";

/** An empty canvas is an invitation. */
export function EmptyCanvas() {
  const session = useSession();
  return (
    <div className="pointer-events-none absolute inset-0 grid place-items-center p-6">
      <div className="pointer-events-auto flex max-w-md flex-col items-center gap-3 rounded-panel border border-line-2 bg-panel p-6 text-center">
        <h2 className="text-base font-bold">{t`Draw your workflow here`}</h2>
        <p className="text-ink-3">
          {t`Drag nodes from the left, or press`} <Keys keys="/" />{" "}
          {t`to add the first one. Or begin with one of these:`}
        </p>
        <div className="flex flex-wrap justify-center gap-2">
          {starters().map((starter) => (
            <Button
              key={starter.label}
              onClick={() => {
                session.documents.edit(starter.edit);
                requestAnimationFrame(() => cameraOf(session).fit());
              }}
            >
              {starter.label}
            </Button>
          ))}
          <Button onClick={() => commands.run("canvas.add")}>{t`One node`}</Button>
        </div>
      </div>
    </div>
  );
}
