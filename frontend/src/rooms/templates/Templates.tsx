import { t } from "@lingui/core/macro";
import { useNavigate } from "@tanstack/react-router";
import { Plus, Search } from "lucide-react";
import { server } from "~/api/client";
import type { TemplateEntry } from "~/api/types";
import { said } from "~/core/run/command";
import { count } from "~/core/words";
import { templates as route } from "~/routes";
import { TopBar } from "~/shell/TopBar";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { chosen, groupsOf, needChips, needWord } from "./gallery";
import { MiniMap } from "./MiniMap";
import { Preview } from "./Preview";
import { type Need, NEEDS, type Shown } from "./shownTemplates";
import { useTemplate } from "./useTemplate";

/** Workflows to begin with, and what each of them needs. */
export function Templates() {
  const shown = route.useSearch();
  const navigate = useNavigate();
  const change = (next: Shown) => void navigate({ to: "/templates", search: next, replace: true });
  const list = server.useQuery("get", "/api/templates", {}, { staleTime: Infinity });
  const all = list.data ?? [];
  const found = chosen(all, shown);
  const close = () => {
    const { show: _, ...rest } = shown;
    change(rest);
  };
  return (
    <>
      <TopBar
        title={t`Templates`}
        actions={
          <label className="flex h-8 w-80 min-w-0 shrink items-center gap-2 rounded-ctl border border-ctl bg-panel px-2.5">
            <Search className="size-4 shrink-0 text-ink-3" aria-hidden />
            <input
              type="search"
              aria-label={t`Search templates`}
              placeholder={t`What do you want to automate?`}
              className="min-w-0 flex-1 bg-transparent outline-none"
              value={shown.q ?? ""}
              onChange={({ target }) => {
                const { q: _, ...rest } = shown;
                change({ ...rest, ...(target.value && { q: target.value }) });
              }}
            />
          </label>
        }
      />
      <div className="flex min-h-0 flex-1">
        <Choice all={all} shown={shown} onChange={change} />
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
        <div className="min-h-0 flex-1 overflow-auto p-[18px] focus-visible:-outline-offset-2 max-md:p-3" tabIndex={0}>
          {list.error ? <Empty title={t`The templates are not to be had`} text={said(list.error)} /> : null}
          {list.data && found.length === 0 ? (
            <Empty
              title={t`No template fits`}
              text={t`None of them is like that. Drop a condition, or begin with an empty canvas.`}
            >
              <Button onClick={() => change({})}>{t`Show all`}</Button>
            </Empty>
          ) : null}
          <ul className="grid grid-cols-[repeat(auto-fill,minmax(264px,1fr))] gap-4">
            {found.map((one) => (
              <Card key={one.id} template={one} onShow={() => change({ ...shown, show: one.id })} />
            ))}
          </ul>
        </div>
      </div>
      <Preview template={all.find((one) => one.id === shown.show)} onClose={close} />
    </>
  );
}

function Choice({ all, shown, onChange }: { all: TemplateEntry[]; shown: Shown; onChange: (next: Shown) => void }) {
  const { group, ...rest } = shown;
  const without = shown.without ?? [];
  const entry = (label: string, many: number, pressed: boolean, next: Shown) => (
    <button
      key={label}
      type="button"
      aria-pressed={pressed}
      className="flex h-8 items-center gap-2 rounded-ctl px-2 text-start font-[550] hover:bg-panel-2 aria-pressed:bg-panel-3 aria-pressed:font-[650]"
      onClick={() => onChange(next)}
    >
      <span className="flex-1">{label}</span>
      <span className="text-ink-3">{count(many)}</span>
    </button>
  );
  const toggle = (need: Need) => {
    const { without: _, ...others } = shown;
    const next = without.includes(need) ? without.filter((one) => one !== need) : [...without, need];
    onChange({ ...others, ...(next.length > 0 && { without: next }) });
  };
  return (
    <nav
      aria-label={t`Kinds of templates`}
      className="flex w-[196px] shrink-0 flex-col overflow-auto border-e border-line p-3.5 max-md:hidden"
    >
      {entry(t`All`, all.length, !group, rest)}
      {groupsOf(all).map(([name, many]) => entry(name, many, name === group, { ...rest, group: name }))}
      <fieldset className="mt-5 flex flex-col gap-2.5 px-2">
        <legend className="cap mb-2">{t`Works without`}</legend>
        {NEEDS.map((need) => (
          <label key={need} className="flex cursor-pointer items-center gap-2.5 text-[13px]">
            <input
              type="checkbox"
              className="size-4 accent-ink"
              checked={without.includes(need)}
              onChange={() => toggle(need)}
            />
            {needWord(need)}
          </label>
        ))}
      </fieldset>
    </nav>
  );
}

function Card({ template, onShow }: { template: TemplateEntry; onShow: () => void }) {
  const take = useTemplate();
  return (
    <li className="flex flex-col overflow-hidden rounded-panel border border-line-2 bg-panel focus-within:border-ink hover:border-ink">
      <MiniMap workflow={template.workflow} className="h-28 w-full border-b border-line" />
      <div className="flex flex-1 flex-col gap-1.5 p-3.5">
        <h2 className="text-[14px] font-[650]">{template.title}</h2>
        <p className="flex-1 text-[13px] text-ink-3">{template.description}</p>
        <div className="mt-1 flex flex-wrap items-center gap-1.5">
          <Chips template={template} />
        </div>
        <div className="mt-1 flex justify-end gap-1.5">
          <Button size="small" aria-label={t`Preview ${template.title}`} onClick={onShow}>
            {t`Preview`}
          </Button>
          <Button size="small" look="main" aria-label={t`Use ${template.title}`} onClick={() => void take(template.id)}>
            <Plus aria-hidden />
            {t`Use`}
          </Button>
        </div>
      </div>
    </li>
  );
}

export function Chips({ template }: { template: TemplateEntry }) {
  return [t`${template.workflow.nodes?.length ?? 0} nodes`, ...needChips(template.needs)].map((text) => (
    <span key={text} className="rounded-chip bg-panel-3 px-1.5 py-0.5 text-xs font-[550] text-ink-2">
      {text}
    </span>
  ));
}
