import { t } from "@lingui/core/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { FileUp, Plus, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { api, server } from "~/api/client";
import type { WorkflowSummary } from "~/api/types";
import { readWorkflow } from "~/core/document/files";
import { ago } from "~/core/words";
import { TopBar } from "~/shell/TopBar";
import { Button, IconButton } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { toast } from "~/ui/Toasts";

/** All workflows of this server. */
export function Workflows() {
  const [query, setQuery] = useState("");
  const list = server.useQuery("get", "/api/workflows", {
    params: { query: { limit: 200, ...(query && { q: query }) } },
  });
  const create = useCreate();
  const picker = useRef<HTMLInputElement>(null);
  const openFile = async (file: File | undefined) => {
    if (!file) return;
    try {
      await create(readWorkflow(await file.text()));
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), { tone: "error" });
    }
  };
  return (
    <>
      <TopBar
        title={t`Workflows`}
        actions={
          <>
            <input
              ref={picker}
              type="file"
              accept="application/json,.json"
              aria-label={t`Workflow file`}
              className="hidden"
              onChange={(event) => {
                void openFile(event.target.files?.[0]);
                event.target.value = "";
              }}
            />
            <Button onClick={() => picker.current?.click()}>
              <FileUp aria-hidden />
              {t`Import`}
            </Button>
            <Button look="main" onClick={() => void create({ name: t`Untitled`, nodes: [], edges: [] })}>
              <Plus aria-hidden />
              {t`New workflow`}
            </Button>
          </>
        }
      />
      <div className="min-h-0 flex-1 overflow-auto">
        <div className="mx-auto max-w-5xl px-6 py-5">
          <input
            type="search"
            aria-label={t`Search workflows`}
            placeholder={t`Search by name`}
            className="mb-3 h-8 w-full max-w-80 rounded-ctl border border-ctl bg-panel px-2.5"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
          {list.error ? <p role="alert">{list.error.detail}</p> : null}
          {list.data?.length === 0 && !query ? (
            <Empty
              title={t`No workflows yet`}
              text={t`Start with an empty canvas, or import a workflow that somebody gave you.`}
            >
              <Button look="main" onClick={() => void create({ name: t`Untitled`, nodes: [], edges: [] })}>
                {t`New workflow`}
              </Button>
            </Empty>
          ) : null}
          {list.data?.length ? <Table list={list.data} /> : null}
          {list.data?.length === 0 && query ? (
            <p className="py-8 text-center text-ink-3">{t`No workflow is called “${query}”.`}</p>
          ) : null}
        </div>
      </div>
    </>
  );
}

function Table({ list }: { list: WorkflowSummary[] }) {
  const queries = useQueryClient();
  const remove = async (entry: WorkflowSummary) => {
    const params = { path: { workflow_id: entry.id } };
    const { data } = await api.GET("/api/workflows/{workflow_id}", { params });
    await api.DELETE("/api/workflows/{workflow_id}", { params });
    await queries.invalidateQueries({ queryKey: ["get", "/api/workflows"] });
    toast(t`“${entry.name}” is deleted.`, {
      action: {
        label: t`Undo`,
        run: () =>
          void api
            .POST("/api/workflows", { body: data as never })
            .then(() => queries.invalidateQueries({ queryKey: ["get", "/api/workflows"] })),
      },
    });
  };
  return (
    <table className="w-full">
      <thead>
        <tr className="h-9 border-b border-line text-start text-xs text-ink-3 *:px-3 *:text-start *:font-semibold">
          <th scope="col">{t`Name`}</th>
          <th scope="col" className="max-sm:hidden">{t`Nodes`}</th>
          <th scope="col" className="max-sm:hidden">{t`Saves`}</th>
          <th scope="col">{t`Changed`}</th>
          <th scope="col">
            <span className="sr-only">{t`Actions`}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {list.map((entry) => (
          <tr key={entry.id} className="h-11 border-b border-line hover:bg-panel-2 *:px-3">
            <td className="max-w-96">
              <Link
                to="/w/$workflowId"
                params={{ workflowId: entry.id }}
                className="block truncate font-semibold hover:underline"
                dir="auto"
              >
                {entry.name || entry.id}
              </Link>
              {entry.description ? (
                <span className="block truncate text-xs text-ink-3">{entry.description}</span>
              ) : null}
            </td>
            <td className="max-sm:hidden">{entry.node_count}</td>
            <td className="max-sm:hidden">{entry.version_number}</td>
            <td className="whitespace-nowrap text-ink-3">{ago(entry.updated_at)}</td>
            <td className="w-12">
              <IconButton label={t`Delete ${entry.name}`} size="small" onClick={() => void remove(entry)}>
                <Trash2 />
              </IconButton>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Store a document as a new workflow, and open it. */
function useCreate(): (document: Record<string, unknown>) => Promise<void> {
  const navigate = useNavigate();
  return async (document) => {
    const { data } = await api.POST("/api/workflows", { body: document as never });
    if (data?.id) await navigate({ to: "/w/$workflowId", params: { workflowId: data.id } });
  };
}
