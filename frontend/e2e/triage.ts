/** The workflow of the pictures: tickets are sorted, answered with care, and approved by a person. */
import type { Line } from "./model";

export const TRIAGE = {
  name: "Ticket triage",
  description: "Sorts support tickets, drafts a reply until it is good enough, and asks a person before it goes out.",
  variables: { tone: "warm and brief" },
  nodes: [
    {
      id: "ticket",
      type: "start",
      name: "Ticket",
      start_config: {
        inputs: [
          {
            name: "text",
            type: "text",
            default: "Hi, order 88213 should have arrived on Tuesday. Where is it? Priya",
            description: "What the customer wrote.",
          },
          { name: "attachments", type: "list", default: ["label.txt", "photo.txt", "receipt.txt"] },
        ],
      },
      position: { x: 48, y: 288 },
    },
    {
      id: "classify",
      type: "agent",
      name: "Classify ticket",
      agent_config: {
        model: "gpt-4o-mini",
        prompt: "Which kind of ticket is this: urgent, question or spam?\n\n{{ text }}",
        temperature: 0,
        tools: ["calculator", "current_time", "recall"],
      },
      inputs: [{ name: "text", source_node: "ticket", source_field: "text" }],
      position: { x: 216, y: 288 },
    },
    {
      id: "route",
      type: "router",
      name: "Route",
      router_config: {
        cases: [
          { name: "urgent", when: "'urgent' in output" },
          { name: "question", when: "'question' in output" },
        ],
      },
      inputs: [{ name: "output", source_node: "classify" }],
      position: { x: 504, y: 288 },
    },
    {
      id: "until_good",
      type: "loop",
      name: "Until it is good",
      loop_config: { loop_type: "until", condition: "index >= 1", max_iterations: 4 },
      position: { x: 768, y: 72 },
    },
    {
      id: "draft_reply",
      type: "agent",
      name: "Draft reply",
      parent: "until_good",
      agent_config: {
        model: "gpt-4o",
        system_prompt:
          "Write a reply to {{ inputs.text }}. Use what is known first and cite it.\n\nTone: {{ vars.tone }}. Under 120 words.\nNever promise a refund.",
        temperature: 0.3,
        tools: ["recall", "web_search"],
      },
      position: { x: 24, y: 48 },
    },
    {
      id: "each_file",
      type: "map",
      name: "Each attachment",
      map_config: { items_source: "attachments", concurrency: 8 },
      inputs: [{ name: "attachments", source_node: "ticket", source_field: "attachments" }],
      position: { x: 768, y: 408 },
    },
    {
      id: "read_document",
      type: "agent",
      name: "Read document",
      parent: "each_file",
      agent_config: { model: "gpt-4o-mini", prompt: "Summarise {{ name }}." },
      inputs: [{ name: "name", source_node: "each_file", source_field: "item" }],
      position: { x: 24, y: 48 },
    },
    {
      id: "approve",
      type: "human",
      name: "Approve reply",
      human_config: { question: "May this go out?\n\n{{ nodes.draft_reply.output }}", choices: ["approve", "reject"] },
      position: { x: 1128, y: 192 },
    },
    { id: "done", type: "end", name: "Done", position: { x: 1440, y: 168 } },
    { id: "rejected", type: "end", name: "Rejected", position: { x: 1440, y: 288 } },
    { id: "spam", type: "end", name: "Close as spam", position: { x: 768, y: 672 } },
  ],
  edges: [
    { id: "e1", source: "ticket", target: "classify" },
    { id: "e2", source: "classify", target: "route" },
    { id: "e3", source: "route", target: "until_good", condition: "urgent" },
    { id: "e4", source: "route", target: "each_file", condition: "question" },
    { id: "e5", source: "route", target: "spam", condition: "else" },
    { id: "e6", source: "until_good", target: "approve" },
    { id: "e7", source: "each_file", target: "approve" },
    { id: "e8", source: "approve", target: "done", condition: "approve" },
    { id: "e9", source: "approve", target: "rejected", condition: "reject" },
  ],
};

const REPLY =
  "Hi Priya, thanks for flagging this. Order 88213 left our Leeds depot on Tuesday but the carrier has not scanned it since. I have opened a trace (KB-204) and, as it is past the 48 hour window, I can send a replacement today if you would like one. You will hear from me again before noon tomorrow, whatever the carrier says.";

export const SCRIPT: Line[] = [
  { when: /Which kind of ticket/, say: "urgent", pause: 300 },
  { when: /Summarise/, say: "A short summary.", pause: 100 },
  { when: /Write a reply/, say: REPLY, pause: 70 },
];
