import { t } from "@lingui/core/macro";
import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { errorOf } from "~/api/client";
import { download } from "~/core/download";
import { said } from "~/core/run/command";
import { mayBePicture, pictureKind, type ResultFile } from "~/core/tools/files";
import { count } from "~/core/words";
import { Button } from "~/ui/Button";
import { toast } from "~/ui/Toasts";

const LARGEST_PICTURE = 8_000_000;
const addressOf = (name: string) => `/api/tryouts/${name.split("/").map(encodeURIComponent).join("/")}`;

/** What a try wrote: pictures to be seen, everything to be saved. */
export function Files({ files }: { files: ResultFile[] }) {
  if (files.length === 0) return null;
  return (
    <section aria-label={t`Files`} className="flex flex-col gap-3 border-y border-line py-3">
      <h3 className="cap">{t`Files`}</h3>
      {files.map((file) => (
        <FileEntry key={file.name} file={file} />
      ))}
    </section>
  );
}

function FileEntry({ file }: { file: ResultFile }) {
  const short = file.name.split("/").at(-1) ?? file.name;
  const save = async () => {
    try {
      download(short, await fetched(file.name));
    } catch (error) {
      toast(said(error), { tone: "error" });
    }
  };
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-2">
        <span className="min-w-0 truncate font-mono text-xs">{file.name}</span>
        {file.bytes === null ? null : (
          <span className="text-xs whitespace-nowrap text-ink-3">{t`${count(file.bytes)} bytes`}</span>
        )}
        <span className="flex-1" />
        <Button size="small" onClick={() => void save()}>
          <Download aria-hidden />
          {t`Save`}
          <span className="sr-only">{short}</span>
        </Button>
      </div>
      {mayBePicture(file.name) ? <Picture key={`${file.name} ${file.bytes}`} file={file} /> : null}
    </div>
  );
}

/** A picture made of pixels, known by its bytes. It is shown as data, never as a page of its own. */
function Picture({ file }: { file: ResultFile }) {
  const [shown, setShown] = useState<string | null>(null);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    let over = false;
    const load = async () => {
      try {
        const found = await pictureOf(file.name);
        if (over) return;
        if (found) setShown(found);
        else setWrong(t`This is not a picture, whatever its name says.`);
      } catch (error) {
        if (!over) setWrong(said(error));
      }
    };
    void load();
    return () => {
      over = true;
    };
  }, [file.name]);
  if (wrong) return <p className="text-xs text-ink-3">{wrong}</p>;
  return shown ? (
    <img
      src={shown}
      alt={t`What ${file.name} shows`}
      className="max-h-[420px] max-w-full self-start border border-line bg-white"
    />
  ) : null;
}

async function pictureOf(name: string): Promise<string | null> {
  const file = await fetched(name);
  if (file.size > LARGEST_PICTURE) return null;
  const bytes = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const kind = pictureKind(bytes);
  if (!kind) return null;
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result)));
    reader.addEventListener("error", () => reject(new Error("The file cannot be read.")));
    reader.readAsDataURL(new Blob([file], { type: kind }));
  });
}

async function fetched(name: string): Promise<Blob> {
  const answer = await fetch(addressOf(name));
  if (!answer.ok) throw await errorOf(answer);
  return answer.blob();
}
