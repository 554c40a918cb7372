// @vitest-environment jsdom
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, test, vi } from "vitest";
import type { JsonObject } from "~/core/document/document";
import { Pairs } from "./Entries";

i18n.load("en", {});
i18n.activate("en");
afterEach(cleanup);

function Kept({ first, tell }: { first: JsonObject; tell: (value: JsonObject | undefined) => void }) {
  const [value, setValue] = useState<JsonObject | undefined>(first);
  const onChange = (next: JsonObject | undefined) => {
    tell(next);
    setValue(next);
  };
  return (
    <I18nProvider i18n={i18n}>
      <Pairs id="x" title="headers" value={value ?? {}} name="name-" onChange={onChange} />
    </I18nProvider>
  );
}

const box = (place: number) => screen.getAllByRole<HTMLInputElement>("textbox")[place * 2]!;

test("a name on its way to another does not take its neighbour's text", () => {
  const tell = vi.fn<(value: JsonObject | undefined) => void>();
  render(<Kept first={{ a: "one", b: 2 }} tell={tell} />);
  fireEvent.change(box(1), { target: { value: "a" } });
  fireEvent.change(box(1), { target: { value: "ab" } });
  fireEvent.blur(box(1));
  expect(tell.mock.calls).toEqual([[{ a: "one", ab: 2 }]]);
});

test("a name that is taken, or none, is not given", () => {
  const tell = vi.fn<(value: JsonObject | undefined) => void>();
  render(<Kept first={{ a: "one", b: "two" }} tell={tell} />);
  for (const wrong of ["a", ""]) {
    fireEvent.change(box(1), { target: { value: wrong } });
    fireEvent.blur(box(1));
    expect(box(1).value).toBe("b");
  }
  expect(tell).not.toHaveBeenCalled();
});

test("what is added takes nobody's place", () => {
  const tell = vi.fn<(value: JsonObject | undefined) => void>();
  render(<Kept first={{ "name-2": "kept" }} tell={tell} />);
  fireEvent.click(screen.getByRole("button", { name: /Add/ }));
  expect(tell).toHaveBeenCalledWith({ "name-2": "kept", "name-3": "" });
});
