import type { Document } from "../document/document";
import type { PortSpec } from "../nodes/kinds";
import { tidy } from "./tidy";

export interface TidyQuestion {
  document: Document;
  specs: [string, PortSpec][];
  only: string[] | null;
}

self.addEventListener("message", ({ data }: MessageEvent<TidyQuestion>) => {
  const only = data.only ? new Set(data.only) : undefined;
  self.postMessage([...tidy(data.document, new Map(data.specs), only)]);
});
