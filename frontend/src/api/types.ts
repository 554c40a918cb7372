/** Names for what goes over the wire. The shapes are generated; nothing here is written by hand. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Workflow = Schemas["Workflow"];
export type StoredWorkflow = Schemas["StoredWorkflowDocument"];
export type WorkflowSummary = Schemas["WorkflowSummary"];
export type WorkflowNode = Schemas["Node"];
export type WorkflowEdge = Schemas["Edge"];
export type InputMapping = Schemas["InputMapping"];
export type VersionEntry = Schemas["VersionEntry"];
export type Problem = Schemas["ProblemEntry"];
export type ProblemDocument = Schemas["ProblemDocument"];
export type NodeType = Schemas["NodeTypeEntry"];
export type ModelEntry = Schemas["ModelEntry"];
export type ToolEntry = Schemas["ToolEntry"];
export type Health = Schemas["Health"];
export type ExecutionState = Schemas["ExecutionState"];
export type ExecutionSummary = Schemas["ExecutionSummary"];
export type Digest = Schemas["Digest"];
export type TemplateEntry = Schemas["TemplateEntry"];
export type TallyEntry = Schemas["TallyEntry"];
export type ExecutionStatus = Schemas["Status"];
export type NodeStatus = Schemas["NodeStatus"];
export type NodeState = Schemas["NodeState"];
export type RunEntry = Schemas["RunEntry"];
export type LogLine = Schemas["LogLine"];
export type ControlInput = Schemas["ControlInput"];
export type StreamMessage = Schemas["StreamMessage"];
export type Used = Schemas["Used"];
export type SecretEntry = Schemas["SecretEntry"];
export type ProviderEntry = Schemas["ProviderEntry"];
export type ToolTrial = Schemas["ToolTrial"];
export type McpServer = Schemas["McpServerEntry"];
export type ProviderTest = Schemas["ProviderTest"];
export type ProviderBody = Schemas["ProviderBody"];
export type ProviderKind = ProviderBody["kind"];
