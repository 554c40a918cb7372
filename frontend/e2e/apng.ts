/** Several PNG pictures of one size as one that moves (APNG): their compressed data is taken as it is. */
import { crc32 } from "node:zlib";

export interface Frame {
  png: Buffer;
  /** How long it is shown. */
  ms: number;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export function animated(frames: Frame[]): Buffer {
  const [first] = frames;
  if (!first) throw new Error("There is nothing to move.");
  const header = chunks(first.png).find(({ type }) => type === "IHDR");
  if (!header) throw new Error("The first picture is no PNG.");
  const size = header.data.subarray(0, 8);
  const parts = [SIGNATURE, chunk("IHDR", header.data), chunk("acTL", numbers(frames.length, 0))];
  let sequence = 0;
  for (const [at, { png, ms }] of frames.entries()) {
    const timing = Buffer.from([(ms >> 8) & 255, ms & 255, 1000 >> 8, 1000 & 255, 0, 0]);
    parts.push(chunk("fcTL", Buffer.concat([numbers(sequence++), size, numbers(0, 0), timing])));
    const data = Buffer.concat(
      chunks(png)
        .filter(({ type }) => type === "IDAT")
        .map((one) => one.data),
    );
    parts.push(at === 0 ? chunk("IDAT", data) : chunk("fdAT", Buffer.concat([numbers(sequence++), data])));
  }
  parts.push(chunk("IEND", Buffer.alloc(0)));
  return Buffer.concat(parts);
}

function chunks(png: Buffer): { type: string; data: Buffer }[] {
  const found = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    found.push({ type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return found;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  return Buffer.concat([numbers(data.length), body, numbers(crc32(body))]);
}

function numbers(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) buffer.writeUInt32BE(value, at * 4);
  return buffer;
}
