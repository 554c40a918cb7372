/** Problems that the editor sees itself, between two answers of the server, and what can be done about any problem. */
import { configKey, configOf, type Document, isObject, type JsonObject, titleOf } from "./document";
import { addNode, type Edit, freeId, nodeIds, removeNodes } from "./edit";
import { applyPatch } from "./patch";
import { misfits } from "../forms/validate";
import { unknownNames } from "../forms/references";

export interface Problem {
  severity: "error" | "warning" | "note";
  code: string;
  node: string | null;
  /** `agent_config.prompt` */
  field: string | null;
  message: string;
  hint: string;
  fixes: { [key: string]: unknown }[];
}

/** A setting that the server would refuse to store. */
export const MISFIT = "E-FIT";

export interface Fix {
  kind: "patch" | "add_start" | "create_variable" | "remove_node";
  label: string;
  edit: Edit;
}

/** Settings that do not fit, and templates that name a variable or a node that does not exist. */
export function findProblems(document: Document, schemaOf: (type: string) => JsonObject | undefined): Problem[] {
  const found: Problem[] = [];
  for (const node of document.nodes) {
    const schema = schemaOf(node.type);
    for (const { key, message } of schema ? misfits(configOf(node), schema) : []) {
      found.push({
        severity: "error",
        code: MISFIT,
        node: node.id,
        field: `${configKey(node.type)}.${key}`,
        message: `'${titleOf(node)}': ${message}`,
        hint: key,
        fixes: [],
      });
    }
    for (const [key, value] of Object.entries(configOf(node))) {
      for (const text of textsIn(value)) {
        for (const name of unknownNames(document, text)) {
          found.push({
            severity: "error",
            code: name.startsWith("vars.") ? "E-VARIABLE" : "E-REFERENCE",
            node: node.id,
            field: `${configKey(node.type)}.${key}`,
            message: `'${titleOf(node)}': ${name} isn't defined.`,
            hint: name,
            fixes: [],
          });
        }
      }
    }
  }
  return found;
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** What is on offer for a problem; the labels are for people, in the words of the caller. */
export function fixesFor(problem: Problem, words: Record<Fix["kind"], string>): Fix[] {
  const fixes: Fix[] = problem.fixes.flatMap(({ label, patch }) =>
    Array.isArray(patch)
      ? [
          {
            kind: "patch" as const,
            label: String(label ?? words.patch),
            edit: (draft: Document) => applyPatch(draft, patch),
          },
        ]
      : [],
  );
  const { node } = problem;
  if (problem.code === "E-EMPTY") {
    fixes.push({ kind: "add_start", label: words.add_start, edit: addStart });
  } else if (problem.code === "E-VARIABLE") {
    const name = problem.hint.replace(/^vars\./, "");
    fixes.push({
      kind: "create_variable",
      label: words.create_variable,
      edit: (draft) => {
        draft.variables = { ...draft.variables, [name]: "" };
      },
    });
  } else if (node && (problem.code === "E-TYPE" || problem.code === "W-ROOTS")) {
    fixes.push({ kind: "remove_node", label: words.remove_node, edit: removeNodes([node]) });
  }
  return fixes;
}

const addStart: Edit = (draft) => {
  addNode({ id: freeId(nodeIds(draft), "start"), type: "start", name: "Start", position: { x: 48, y: 144 } })(draft);
};
