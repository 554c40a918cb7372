// How much the browser has to load before a page can be used, compressed; fails when it is more than was agreed.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const BUILT = new URL("../../src/pointwork/server/web/", import.meta.url);
const MOST_KB = { home: 150, canvas: 230, fonts: 60 };

const manifest = JSON.parse(await readFile(new URL("manifest.json", BUILT), "utf8"));
const sizes = new Map();

async function size(file) {
    const data = await readFile(new URL(file, BUILT));
    // Fonts are compressed already.
    return file.endsWith(".woff2") ? data.length : gzipSync(data, { level: 9 }).length;
}

/** A chunk and what it imports at once, with their styles. */
function filesOf(key, found = new Set()) {
    const chunk = manifest[key];
    if (!chunk || found.has(chunk.file)) return found;
    found.add(chunk.file);
    for (const style of chunk.css ?? []) found.add(style);
    for (const other of chunk.imports ?? []) filesOf(other, found);
    return found;
}

const entry = filesOf("index.html");
const pages = {
    home: new Set([...entry, ...filesOf("src/rooms/home/Home.tsx")]),
    canvas: new Set([...entry, ...filesOf("src/rooms/builder/Builder.tsx")]),
    fonts: new Set(
        Object.values(manifest)
            .map(({ file }) => file)
            .filter((file) => file.endsWith(".woff2")),
    ),
};
let tooMuch = false;
for (const [page, files] of Object.entries(pages)) {
    let sum = 0;
    for (const file of files) {
        if (!sizes.has(file)) sizes.set(file, await size(file));
        sum += sizes.get(file);
    }
    const kb = sum / 1024;
    tooMuch ||= kb > MOST_KB[page];
    console.log(`${page.padEnd(8)} ${kb.toFixed(1).padStart(6)} kB of ${MOST_KB[page]}`);
}
process.exit(tooMuch ? 1 : 0);
