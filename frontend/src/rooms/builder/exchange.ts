/** Workflows as files. */
import { readWorkflow, writeWorkflow } from "~/core/document/files";
import { toast } from "~/ui/Toasts";
import { pasteText } from "./actions";
import { cameraOf } from "./canvas/camera";
import type { Session } from "./session/session";

export function exportFile(session: Session): void {
  const document = session.documents.get();
  const address = URL.createObjectURL(new Blob([writeWorkflow(document)], { type: "application/json" }));
  const link = globalThis.document.createElement("a");
  link.href = address;
  link.download = `${document.name.replaceAll(/[^\p{L}\p{N} _-]+/gu, "").trim() || "workflow"}.json`;
  link.click();
  URL.revokeObjectURL(address);
}

/** Add the nodes of a file to this workflow; into an empty one it is taken over whole. */
export function importFile(session: Session): void {
  const picker = globalThis.document.createElement("input");
  picker.type = "file";
  picker.accept = "application/json,.json";
  picker.addEventListener("change", () => {
    const [file] = picker.files ?? [];
    if (file) void file.text().then((text) => takeOver(session, text));
  });
  picker.click();
}

function takeOver(session: Session, text: string): void {
  try {
    const read = readWorkflow(text);
    if (session.documents.get().nodes.length === 0) {
      session.documents.edit((draft) => Object.assign(draft, read));
      requestAnimationFrame(() => cameraOf(session).fit());
    } else pasteText(session, JSON.stringify(read));
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), { tone: "error" });
  }
}
