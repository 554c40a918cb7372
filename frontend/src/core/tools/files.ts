/** Files that a result names, and which of them can be shown as pictures. */
export interface ResultFile {
  name: string;
  bytes: number | null;
}

const MOST = 16;

/** Wherever a result has an object with a name and a size: what code wrote, what a server sent, what was written. */
export function filesIn(result: unknown): ResultFile[] {
  const found = new Map<string, ResultFile>();
  look(result, 0, found);
  return [...found.values()];
}

function look(value: unknown, depth: number, found: Map<string, ResultFile>): void {
  if (typeof value !== "object" || value === null || depth > 4 || found.size >= MOST) return;
  if (!Array.isArray(value)) {
    const { name, file_path: path, bytes, bytes_written: written, kept } = value as Record<string, unknown>;
    const size = [bytes, written].find((one): one is number => typeof one === "number");
    const file = typeof path === "string" && written !== undefined ? path : name;
    if (typeof file === "string" && file && size !== undefined && kept !== false) {
      found.set(file, { name: file, bytes: size });
      return;
    }
  }
  for (const inner of Object.values(value)) look(inner, depth + 1, found);
}

const KINDS: [string, (bytes: Uint8Array) => boolean][] = [
  ["image/png", (bytes) => begins(bytes, [0x89, 0x50, 0x4e, 0x47])],
  ["image/jpeg", (bytes) => begins(bytes, [0xff, 0xd8, 0xff])],
  ["image/gif", (bytes) => begins(bytes, [0x47, 0x49, 0x46, 0x38])],
  ["image/webp", (bytes) => begins(bytes, [0x52, 0x49, 0x46, 0x46]) && begins(bytes.subarray(8), [0x57, 0x45, 0x42])],
];

/** What kind of picture these bytes are, by what they begin with; null for all that is not made of pixels. */
export function pictureKind(bytes: Uint8Array): string | null {
  return KINDS.find(([, fits]) => fits(bytes))?.[0] ?? null;
}

const begins = (bytes: Uint8Array, with_: number[]): boolean => with_.every((byte, index) => bytes[index] === byte);

export const mayBePicture = (name: string): boolean => /\.(png|jpe?g|gif|webp)$/i.test(name);
