import { t } from "@lingui/core/macro";
import type { DocumentEdge, DocumentNode } from "~/core/document/document";
import type { Edit } from "~/core/document/edit";

interface Starter {
  label: string;
  edit: Edit;
}

const question = (fallback: string) => ({ inputs: [{ name: "question", type: "text", default: fallback }] });

/** Small beginnings that run as they are, without a key. */
export function starters(): Starter[] {
  return [
    {
      label: t`Ask an agent`,
      edit: put(
        [
          { id: "start", type: "start", name: t`Start`, start_config: question("What is 15 * 23 + 17?") },
          {
            id: "agent",
            type: "agent",
            name: t`Agent`,
            agent_config: { system_prompt: t`Answer in one sentence.`, tools: ["calculator"] },
          },
          { id: "end", type: "end", name: t`End` },
        ],
        [
          { id: "e1", source: "start", target: "agent" },
          { id: "e2", source: "agent", target: "end" },
        ],
        [0, 192, 504],
      ),
    },
    {
      label: t`Ask, then approve`,
      edit: put(
        [
          { id: "start", type: "start", name: t`Start`, start_config: question("What is 2 + 2?") },
          { id: "draft", type: "agent", name: t`Draft`, agent_config: { tools: ["calculator"] } },
          {
            id: "approve",
            type: "human",
            name: t`Approve`,
            human_config: { question: t`Is this all right?\n\n{{ output }}`, choices: ["approve", "reject"] },
          },
          { id: "end", type: "end", name: t`Done` },
          { id: "rejected", type: "end", name: t`Rejected` },
        ],
        [
          { id: "e1", source: "start", target: "draft" },
          { id: "e2", source: "draft", target: "approve" },
          { id: "e3", source: "approve", target: "end", condition: "approve" },
          { id: "e4", source: "approve", target: "rejected", condition: "reject" },
        ],
        [0, 192, 480, 792, 792],
      ),
    },
  ];
}

function put(nodes: DocumentNode[], edges: DocumentEdge[], columns: number[]): Edit {
  return (draft) => {
    const seen = new Map<number, number>();
    nodes.forEach((node, index) => {
      const x = columns[index] ?? 0;
      const row = seen.get(x) ?? 0;
      seen.set(x, row + 1);
      draft.nodes.push({ ...node, position: { x: 48 + x, y: 144 + row * 96 } });
    });
    draft.edges.push(...edges);
  };
}
