// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { Shortcuts } from "./keys";
import type { Command } from "./registry";

const command = (id: string, ...keys: string[]): Command => ({
  id,
  label: () => id,
  group: "edit",
  keys,
  run: () => {},
});
const press = (key: string, init: KeyboardEventInit = {}) => new KeyboardEvent("keydown", { key, ...init });

describe("shortcuts", () => {
  it("finds a command by a press and by a sequence", () => {
    const list = [command("palette", "mod+k"), command("go", "g w"), command("tidy", "shift+t")];
    const shortcuts = new Shortcuts();
    expect(shortcuts.match(press("k", { ctrlKey: true }), list)?.id).toBe("palette");
    expect(shortcuts.match(press("T", { shiftKey: true }), list)?.id).toBe("tidy");
    expect(shortcuts.match(press("g"), list, 0)).toBeUndefined();
    expect(shortcuts.match(press("w"), list, 500)?.id).toBe("go");
  });

  it("forgets the first key of a sequence after a second", () => {
    const shortcuts = new Shortcuts();
    shortcuts.match(press("g"), [command("go", "g w")], 0);
    expect(shortcuts.match(press("w"), [command("go", "g w")], 1_001)).toBeUndefined();
  });

  it("leaves plain keys to who is writing", () => {
    const input = document.createElement("input");
    document.body.append(input);
    const shortcuts = new Shortcuts();
    const list = [command("add", "/"), command("save", "mod+s")];
    const found: (string | undefined)[] = [];
    input.addEventListener("keydown", (event) => found.push(shortcuts.match(event, list)?.id));
    input.dispatchEvent(press("/", { bubbles: true }));
    input.dispatchEvent(press("s", { ctrlKey: true, bubbles: true }));
    expect(found).toEqual([undefined, "save"]);
  });

  it("takes the newest of two commands, and none that is off", () => {
    const list = [command("old", "1"), command("new", "1"), { ...command("off", "1"), enabled: () => false }];
    expect(new Shortcuts().match(press("1"), list)?.id).toBe("new");
  });
});
