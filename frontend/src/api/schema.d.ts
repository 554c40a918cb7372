// Made from openapi.json by `npm run types`. Not edited by hand.

export interface paths {
    "/api/answers/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Question
         * @description The question that a link is for.
         */
        get: operations["get_question"];
        put?: never;
        /**
         * Answer Question
         * @description Answer the question that a link is for. The first answer counts; an answer that does not fit is none.
         */
        post: operations["answer_question"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blobs/{digest}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Blob
         * @description A large value that a state or record refers to by `{"$blob": …}`. It never changes.
         */
        get: operations["get_blob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Executions
         * @description The executions, those that began last first, or the other way round.
         */
        get: operations["list_executions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{execution_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Execution
         * @description The state of an execution, now or at any point of its history.
         */
        get: operations["get_execution"];
        put?: never;
        post?: never;
        /**
         * Delete Execution
         * @description Forget an execution that has ended, with everything that it stored.
         */
        delete: operations["delete_execution"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{execution_id}/commands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send Command
         * @description Pause, resume, step, cancel, answer, set breakpoints, retry or override.
         */
        post: operations["send_command"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{execution_id}/compare/{other_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare Executions
         * @description Two executions, node by node: what differs, and nothing else. A fork is best compared with its original.
         */
        get: operations["compare_executions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{execution_id}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Diff Execution
         * @description What changed between two records of an execution, and nothing else. Backwards works too.
         */
        get: operations["diff_execution"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{execution_id}/evaluate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Evaluate Expressions
         * @description What expressions are worth at a node, with the names that its own would see, now or after any record.
         *
         *     An expression that cannot be evaluated has a `problem` instead of a `value`; the others are not affected.
         */
        post: operations["evaluate_expressions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{execution_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Events
         * @description The log of an execution: a page of records, or (with `Accept: text/event-stream`) everything as it happens.
         */
        get: operations["list_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{execution_id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Execution Files
         * @description The files in the workspace of an execution.
         */
        get: operations["list_execution_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{execution_id}/files/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Execution File
         * @description One file of an execution, to be saved and never to be shown.
         */
        get: operations["get_execution_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{execution_id}/fork": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fork
         * @description A new execution that shares the history up to a record and goes on from there by itself.
         */
        post: operations["fork_execution"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{execution_id}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create Link
         * @description A link with which somebody can answer what a node asks now: once, until it expires, and nothing else.
         */
        post: operations["create_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload File
         * @description Keep a file, at most 25 MiB. What is answered can be an input of an execution, whose tools then read the file.
         */
        post: operations["upload_file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/{file_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete File
         * @description Forget an uploaded file; the copies that executions have stay.
         */
        delete: operations["delete_file"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tally Executions
         * @description How many executions have which status, by the stretch of time in which they began.
         *
         *     Without a width there is one stretch. An empty stretch is left out.
         */
        get: operations["tally_executions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Inbox
         * @description What waits for a person, the newest executions first. An empty page may not be the last one.
         */
        get: operations["list_inbox"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/mcp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Mcp Servers
         * @description The MCP servers that are configured, their state and their approved tools. Nothing is started by asking.
         */
        get: operations["list_mcp_servers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/mcp/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Mcp Server
         * @description One of them.
         */
        get: operations["get_mcp_server"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/memory": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Memory
         * @description All agents that remember something, and by what it is found.
         */
        get: operations["list_memory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/memory/{agent_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Clear Memory
         * @description Delete everything that an agent remembers, conversation included.
         */
        delete: operations["clear_memory"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/memory/{agent_id}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Memory Audit
         * @description Who took what out of an agent's memory, when and why; never the text.
         */
        get: operations["memory_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/memory/{agent_id}/conversation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Conversation
         * @description What was said, in all scopes of an agent, in order.
         */
        get: operations["get_conversation"];
        put?: never;
        post?: never;
        /**
         * Clear Conversation
         * @description Delete what was said, in all scopes of an agent; what it remembers for longer stays.
         */
        delete: operations["clear_conversation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/memory/{agent_id}/facts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Facts
         * @description What an agent remembers, the newest first.
         */
        get: operations["list_facts"];
        put?: never;
        /**
         * Add Fact
         * @description Let an agent remember a fact. What it remembers already is answered as it is.
         */
        post: operations["add_fact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/memory/{agent_id}/facts/{memory_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Fact
         * @description A memory and what held before it, the latest first.
         */
        get: operations["get_fact"];
        /**
         * Edit Fact
         * @description Let something else hold in the place of a memory, which stays as its history.
         */
        put: operations["edit_fact"];
        post?: never;
        /**
         * Forget Fact
         * @description Forget a memory for good, with its history and what it was said in.
         */
        delete: operations["forget_fact"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/memory/{agent_id}/recall": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Recall
         * @description What an agent would get for a question, with the reason of each.
         */
        post: operations["recall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/memory/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export Memory
         * @description Everything as JSON Lines, without vectors: they are made again where it is imported.
         */
        get: operations["export_memory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/memory/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import Memory
         * @description Remember what an exported file holds: all of it or, if a line has a fault, nothing. Twice is once.
         */
        post: operations["import_memory"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Models
         * @description The models that can be used now, and why the others cannot.
         *
         *     Providers are asked for their lists in the background, once a minute at most. What they said last is here at once;
         *     `wait` waits for those that are being asked.
         */
        get: operations["list_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/node-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Node Types
         * @description All node types with the JSON Schema of their configuration and the hints for its form.
         */
        get: operations["list_node_types"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Providers
         * @description The providers that are set up: those of the environment, which cannot be changed here, and stored ones.
         */
        get: operations["list_providers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Provider
         * @description One provider. Of its key only the name is told.
         */
        get: operations["get_provider"];
        /**
         * Set Provider
         * @description Set up a provider, in place of the old settings if there are some. It counts for the next call to a model.
         */
        put: operations["set_provider"];
        post?: never;
        /**
         * Delete Provider
         * @description Forget a provider, and its key if that was sent with it.
         */
        delete: operations["delete_provider"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers/{name}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test Provider
         * @description Ask the provider for the list of its models: is somebody there, and is the key accepted.
         */
        post: operations["test_provider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Secrets
         * @description All secrets by name, without their values.
         */
        get: operations["list_secrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/secrets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Secret
         * @description What may be known about a secret. Its value is not told to anybody.
         */
        get: operations["get_secret"];
        /**
         * Set Secret
         * @description Store a secret, in place of the old value if there is one. It counts for the next node that needs it.
         */
        put: operations["set_secret"];
        post?: never;
        /**
         * Delete Secret
         * @description Forget a secret. A workflow that needs it fails from now on.
         */
        delete: operations["delete_secret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Templates
         * @description Workflows to begin with, and what each needs; those that need nothing first.
         */
        get: operations["list_templates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/templates/{template_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Template
         * @description One of them.
         */
        get: operations["get_template"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/templates/{template_id}/use": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Use Template
         * @description Store a workflow of one's own that is like the template.
         */
        post: operations["use_template"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Tools
         * @description All tools with their parameters.
         */
        get: operations["list_tools"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tools/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Tool
         * @description One tool.
         */
        get: operations["get_tool"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tools/{name}/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Execute Tool
         * @description Try a tool. The answer is what it returns, with an `error` key when it failed.
         */
        post: operations["execute_tool"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tools/{name}/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try Tool
         * @description Try a tool as a person does: with what it returns, how long it took, and what a model would read of it.
         *
         *     Files that it writes are kept apart from those of executions; `GET /api/tryouts/{name}` gives them.
         */
        post: operations["try_tool"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tryouts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Tryout File
         * @description One file that a tool wrote when somebody tried it, to be saved and never to be shown.
         */
        get: operations["get_tryout_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workflows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Workflows
         * @description The workflows, last saved first.
         */
        get: operations["list_workflows"];
        put?: never;
        /**
         * Create
         * @description Store a new workflow, under the id in the document or a new one.
         */
        post: operations["create_workflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workflows/{workflow_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Workflow
         * @description The newest version of a workflow, drafts included.
         */
        get: operations["get_workflow"];
        /**
         * Save
         * @description Save a workflow as a new version. A `version_id` in the document means the same as the one in the address.
         */
        put: operations["save_workflow"];
        post?: never;
        /**
         * Delete Workflow
         * @description Forget a workflow and its versions. Its executions stay.
         */
        delete: operations["delete_workflow"];
        options?: never;
        head?: never;
        /**
         * Patch Workflow
         * @description Change a workflow by a JSON Patch, and save it as a new version.
         */
        patch: operations["patch_workflow"];
        trace?: never;
    };
    "/api/workflows/{workflow_id}/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Execute
         * @description Run a workflow. Answers at once; with `wait` when it has ended, paused, waits for a person, or time is up.
         */
        post: operations["execute_workflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workflows/{workflow_id}/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Problems
         * @description What is wrong or doubtful about a stored workflow.
         */
        get: operations["list_problems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workflows/{workflow_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Versions
         * @description All saves of a workflow, newest first.
         */
        get: operations["list_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workflows/{workflow_id}/versions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Version
         * @description One save of a workflow.
         */
        get: operations["get_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workflows/{workflow_id}/versions/{number}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore Version
         * @description Save an old version again, as the newest.
         */
        post: operations["restore_version"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workflows/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test Workflow
         * @description Run a document that is not stored, such as a single node between a start and an end.
         *
         *     The execution is one like any other, only that it belongs to no workflow of the library.
         */
        post: operations["test_workflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workflows/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Validate
         * @description What is wrong or doubtful about a document. It can run when none of it is of severity `error`.
         */
        post: operations["validate_workflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description Whether executions can run here, and on what.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AgentConfig
         * @description What an agent is told and what it may do.
         */
        AgentConfig: {
            /**
             * Approval
             * @description Which tool calls a person has to agree to: those of tools that ask for it (tools), also those with effects outside the run (side_effects), or only once text from outside was read (after_untrusted), or all.
             * @default tools
             * @enum {string}
             */
            approval: "tools" | "after_untrusted" | "side_effects" | "all";
            /**
             * Approve
             * @description Tools whose calls a person has to agree to.
             */
            approve?: string[];
            /**
             * Attach
             * @description Inputs that name files which the model shall look at: images, PDFs.
             */
            attach?: string[];
            /** @description What this agent may spend in one go. */
            budget?: components["schemas"]["Budget"] | null;
            /**
             * Fallback Models
             * @description Models to ask, in this order, when the first one cannot answer.
             */
            fallback_models?: string[];
            /**
             * Max Steps
             * @description Model calls at most before the agent gives up.
             * @default 20
             */
            max_steps: number;
            /**
             * Max Tokens
             * @description The longest answer. Empty: as the provider has it.
             */
            max_tokens?: number | null;
            /** @description Whose memory, and how much of it. */
            memory?: components["schemas"]["MemoryOptions"] | null;
            /**
             * Model
             * @description As the provider names it, for example gpt-4o-mini.
             * @default gpt-4o-mini
             */
            model: string;
            /** @description How the model chooses its words and its tools. */
            model_settings?: components["schemas"]["ModelSettings"] | null;
            /**
             * Output Schema
             * @description JSON Schema of the answer; the output is then data instead of text.
             */
            output_schema?: {
                [key: string]: unknown;
            } | null;
            /**
             * Prompt
             * @description The message to the model. Empty: the inputs of the node, as text.
             */
            prompt?: string | null;
            /**
             * Reasoning Effort
             * @description How long a model that reasons shall think before it answers.
             */
            reasoning_effort?: ("none" | "minimal" | "low" | "medium" | "high" | "xhigh") | null;
            /**
             * System Prompt
             * Format: template
             * @description Who the agent is and how it shall answer.
             * @default
             */
            system_prompt: string;
            /**
             * Temperature
             * @description How freely the model answers. Empty: as the provider has it.
             */
            temperature?: number | null;
            /**
             * Tools
             * @description Names of the tools that the agent may call.
             */
            tools?: string[];
            /**
             * Use Memory
             * @description Whether the agent remembers: earlier conversations, and what it learned.
             * @default false
             */
            use_memory: boolean;
        } & {
            [key: string]: unknown;
        };
        /**
         * AgentMemory
         * @description How much an agent remembers.
         */
        AgentMemory: {
            /** Agent Id */
            agent_id: string;
            /** Facts */
            facts: number;
            /** Latest At */
            latest_at: string | null;
            /** Memories */
            memories: number;
            /** Turns */
            turns: number;
        };
        /**
         * AnswerBody
         * @description An answer, and who gives it, as they say themselves.
         */
        AnswerBody: {
            /**
             * By
             * @default
             */
            by: string;
            /** Value */
            value?: unknown;
        };
        /**
         * Answered
         * @description The answer that a waiting activation wants.
         *
         *     `action` decides about an interrupted activation: run it `again`, take it as `done` with `value`, let it `fail`.
         *     `ports` are worked out by the runtime from the request. `by`: who answers, as they say themselves; it is written to
         *     the log.
         */
        Answered: {
            /** Action */
            action?: ("again" | "done" | "fail") | null;
            /**
             * By
             * @default
             */
            by: string;
            /** Node */
            node: string;
            /**
             * Ports
             * @default [
             *       "out"
             *     ]
             */
            ports: string[];
            /**
             * Scope
             * @default
             */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "answer";
            /** Value */
            value?: unknown;
        };
        /**
         * AuditEntry
         * @description Something that was taken out of a memory; never its text.
         */
        AuditEntry: {
            /** Action */
            action: string;
            /** At */
            at: string;
            /** By */
            by: string;
            /** Memory Id */
            memory_id: string;
            /** Reason */
            reason: string;
        };
        /**
         * Breakpoint
         * @description Where to pause. `hits`: only from this many visits on (1 is the first).
         *
         *     `call`: before each call of a model or a tool that the node makes. `effect`: before a call that changes something
         *     outside the execution; with `*` as node, wherever that is.
         */
        Breakpoint: {
            /** Condition */
            condition?: string | null;
            /**
             * Hits
             * @default 1
             */
            hits: number;
            /** Node */
            node: string;
            /**
             * When
             * @default before
             * @enum {string}
             */
            when: "before" | "after" | "error" | "call" | "effect";
        };
        /**
         * BreakpointsSet
         * @description The complete list of breakpoints from now on.
         */
        BreakpointsSet: {
            /** Breakpoints */
            breakpoints: {
                [key: string]: unknown;
            }[];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "BreakpointsSet";
        };
        /**
         * Budget
         * @description What may be spent at most, by an agent or by a whole run. What is left out is not limited.
         */
        Budget: {
            /**
             * Cost in USD
             * @description Money, as far as the prices of the models are known.
             */
            cost_usd?: number | null;
            /**
             * Model Calls
             * @description Calls of models.
             */
            model_calls?: number | null;
            /**
             * Seconds
             * @description Time; nothing is cut off, but no other call is begun.
             */
            seconds?: number | null;
            /**
             * Tokens
             * @description Tokens, those of prompts and answers together.
             */
            tokens?: number | null;
            /**
             * Tool Calls
             * @description Calls of tools.
             */
            tool_calls?: number | null;
        };
        /**
         * CancelExecution
         * @description Give up: everything unfinished is cancelled.
         */
        CancelExecution: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "cancel";
        };
        /**
         * CancellationRequested
         * @description The execution is being given up, by a person or, with `error`, by a limit; the unfinished is cancelled.
         */
        CancellationRequested: {
            /** Error */
            error?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "CancellationRequested";
        };
        /**
         * Change
         * @description A field that differs. Without a node it is one of the execution as a whole.
         */
        Change: {
            /** After */
            after: unknown;
            /** Before */
            before: unknown;
            /** Field */
            field: string;
            /**
             * Node
             * @description The node as commands name it, together with `path` as scope.
             */
            node: string | null;
            /**
             * Node Id
             * @description The node as the state of the execution names it.
             */
            node_id: string | null;
            /** Path */
            path: string[];
        } & {
            [key: string]: unknown;
        };
        /**
         * CommandAnswer
         * @description What a command came to. `execution_id` is another one when retrying made a fork.
         */
        CommandAnswer: {
            /** Execution Id */
            execution_id: string;
            /** Last Seq */
            last_seq: number;
            /** Status */
            status: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * ComparedNode
         * @description A node of two executions: what differs, as `{"first": …, "second": …}` under its name.
         */
        ComparedNode: {
            /** Differs */
            differs: {
                [key: string]: unknown;
            };
            /** Node Id */
            node_id: string;
            /** Only In */
            only_in: ("first" | "second") | null;
            /** Type */
            type: string | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * Comparison
         * @description Two executions side by side. Times are no difference.
         */
        Comparison: {
            /** Nodes */
            nodes: components["schemas"]["ComparedNode"][];
            /** Run */
            run: {
                [key: string]: unknown;
            };
            /** Same */
            same: boolean;
        } & {
            [key: string]: unknown;
        };
        /**
         * CompletionMessage
         * @description The last message of every execution.
         */
        CompletionMessage: {
            /** Execution Id */
            execution_id: string;
            /** Part */
            part: number;
            /** Result */
            result: {
                [key: string]: unknown;
            };
            /** Seq */
            seq: number;
            /**
             * Timestamp
             * @description UTC, ISO 8601 with microseconds.
             */
            timestamp: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "completion";
        } & {
            [key: string]: unknown;
        };
        /**
         * ConditionConfig
         * @description What is compared with what.
         */
        ConditionConfig: {
            /**
             * Condition Type
             * @description How the field and the value are compared.
             * @default equals
             * @enum {string}
             */
            condition_type: "equals" | "not_equals" | "contains" | "not_contains" | "greater_than" | "not_greater_than" | "less_than" | "not_less_than" | "empty" | "not_empty" | "custom";
            /**
             * Custom Expression
             * @description A formula over `value` (the field) and `compare` (the value above).
             */
            custom_expression?: string | null;
            /**
             * Field
             * @description The input to look at.
             * @default output
             */
            field: string;
            /**
             * Value
             * @description What to compare with.
             */
            value?: unknown;
        } & {
            [key: string]: unknown;
        };
        ControlInput: components["schemas"]["Pause"] | components["schemas"]["Resume"] | components["schemas"]["Step"] | components["schemas"]["CancelExecution"] | components["schemas"]["Answered"] | components["schemas"]["SetBreakpoints"] | components["schemas"]["SetStubs"] | components["schemas"]["RetryNow"] | components["schemas"]["Override"] | components["schemas"]["OverrideInputs"];
        /**
         * Difference
         * @description What changed between two records of an execution.
         */
        Difference: {
            /** Changes */
            changes: components["schemas"]["Change"][];
            /** From */
            from: number;
            /**
             * Left Off
             * @description How many more there are.
             */
            left_off: number;
            /** To */
            to: number;
        } & {
            [key: string]: unknown;
        };
        /**
         * Digest
         * @description What an execution was about and what came of it, each in one line of text. `usage` is null of a very long one.
         */
        Digest: {
            /** Hint */
            hint: string | null;
            /** Inputs */
            inputs: {
                [key: string]: string;
            };
            /**
             * Node Id
             * @description Where it failed, waits, pauses or works.
             */
            node_id: string | null;
            /**
             * Question
             * @description What a person is asked, or what else is waited for.
             */
            question: string | null;
            /** Result */
            result: string | null;
            usage: components["schemas"]["Used"] | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * Edge
         * @description A line from a port of one node to another node. `condition` is the name of the port.
         */
        Edge: {
            /** Condition */
            condition?: string | null;
            /**
             * Id
             * @default
             */
            id: string;
            /** Label */
            label?: string | null;
            /** Source */
            source: string;
            /** Target */
            target: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * ErrorMessage
         * @description Why the execution failed; `completion` follows.
         */
        ErrorMessage: {
            /** Code */
            code: string;
            /** Error */
            error: string;
            /** Execution Id */
            execution_id: string;
            /** Part */
            part: number;
            /** Seq */
            seq: number;
            /**
             * Timestamp
             * @description UTC, ISO 8601 with microseconds.
             */
            timestamp: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "error";
        } & {
            [key: string]: unknown;
        };
        /**
         * EvaluateBody
         * @description Expressions, and from where in the execution they are looked at.
         */
        EvaluateBody: {
            /**
             * At
             * @description As it was after this record; the last, if absent.
             */
            at?: number | null;
            /** Expressions */
            expressions: string[];
            /**
             * Node
             * @description With the names that this node sees.
             */
            node?: string | null;
            /**
             * Scope
             * @description Which activation of the node; the latest, if absent.
             */
            scope?: string | null;
        };
        /**
         * Evaluation
         * @description Values of expressions, in the order in which they were asked for.
         */
        Evaluation: {
            /**
             * At
             * @description Behind this record. Of a scope that has closed, it is the last before that.
             */
            at: number;
            /** Node */
            node: string | null;
            /**
             * Path
             * @description Of the scope that was looked at.
             */
            path: string[];
            /** Results */
            results: components["schemas"]["ExpressionValue"][];
        } & {
            [key: string]: unknown;
        };
        /**
         * ExecuteBody
         * @description How to run a workflow. Everything may be left out.
         */
        ExecuteBody: {
            /**
             * Breakpoints
             * @default []
             */
            breakpoints: components["schemas"]["Breakpoint"][];
            /** @description What all agents of this run may spend together. */
            budget?: components["schemas"]["Budget"] | null;
            /**
             * Execution Id
             * @description An id of your own; it must be new.
             */
            execution_id?: string | null;
            /**
             * Inputs
             * @default {}
             */
            inputs: {
                [key: string]: unknown;
            };
            /**
             * Model Override
             * @description Use this model in all agents of this run.
             */
            model_override?: string | null;
            /**
             * Stubs
             * @description Nodes and tools that are not run in this execution, with what they give.
             * @default []
             */
            stubs: components["schemas"]["Stub"][];
            /**
             * Version
             * @description The number of a version; otherwise the newest.
             */
            version?: number | null;
            /**
             * Workflow Id
             * @description Must be the one of the path, if it is given.
             */
            workflow_id?: string | null;
        };
        /**
         * ExecutionAnswer
         * @description An execution that has begun.
         */
        ExecutionAnswer: {
            /** Execution Id */
            execution_id: string;
            status: components["schemas"]["Status"];
            /** Workflow Id */
            workflow_id: string | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * ExecutionFinished
         * @description The end. Nothing is ever recorded after it.
         */
        ExecutionFinished: {
            /** Error */
            error?: {
                [key: string]: unknown;
            } | null;
            /** Result */
            result?: unknown;
            /**
             * Status
             * @enum {string}
             */
            status: "completed" | "failed" | "cancelled";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "ExecutionFinished";
        };
        /**
         * ExecutionPaused
         * @description No further node is started; running ones go on. `scope` and `node` say where, for breakpoints.
         *
         *     `step`: kind and name of the call that is held up, of a breakpoint before calls.
         */
        ExecutionPaused: {
            /** Node */
            node?: string | null;
            /**
             * Reason
             * @enum {string}
             */
            reason: "user" | "breakpoint" | "step" | "interrupted";
            /**
             * Scope
             * @default
             */
            scope: string;
            /** Step */
            step?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "ExecutionPaused";
            /** When */
            when?: ("before" | "after" | "error" | "call") | null;
        };
        /**
         * ExecutionResumed
         * @description Nodes are started again: all (`run`), exactly one (`step`), or one with everything in it (`over`).
         *
         *     `call`: exactly one, which is then held up before its first call of a model or a tool.
         *
         *     `node` in `scope`, if there is one: the container that is being run to its end, and nothing beside it.
         */
        ExecutionResumed: {
            /**
             * Mode
             * @default run
             * @enum {string}
             */
            mode: "run" | "step" | "over" | "call";
            /** Node */
            node?: string | null;
            /**
             * Scope
             * @default
             */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "ExecutionResumed";
        };
        /**
         * ExecutionStarted
         * @description An execution began. `origin` names the execution and record it was forked from, if any.
         *
         *     `options` are wishes for this execution alone, for example `model_override`.
         */
        ExecutionStarted: {
            /** Inputs */
            inputs: {
                [key: string]: unknown;
            };
            /** Options */
            options?: {
                [key: string]: unknown;
            } | null;
            /** Origin */
            origin?: {
                [key: string]: unknown;
            } | null;
            /** Plan Hash */
            plan_hash: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "ExecutionStarted";
            /** Workflow Id */
            workflow_id: string | null;
            /** Workflow Name */
            workflow_name: string;
            /** Workflow Version */
            workflow_version: string;
        };
        /**
         * ExecutionState
         * @description Everything about an execution, now or at a point of its history.
         */
        ExecutionState: {
            /** Breakpoints */
            breakpoints: {
                [key: string]: unknown;
            }[];
            /** Completed At */
            completed_at: string | null;
            /** Current Node */
            current_node: string | null;
            /** Error */
            error: string | null;
            /** Error Detail */
            error_detail: {
                [key: string]: unknown;
            } | null;
            /** Execution Id */
            execution_id: string;
            /** Inputs */
            inputs: {
                [key: string]: unknown;
            };
            /** Last Seq */
            last_seq: number;
            /** Logs */
            logs: components["schemas"]["LogLine"][];
            /** Node States */
            node_states: {
                [key: string]: components["schemas"]["NodeState"];
            };
            /** Origin */
            origin: {
                [key: string]: unknown;
            } | null;
            /** Paused */
            paused: {
                [key: string]: unknown;
            } | null;
            /** Result */
            result: unknown;
            /** Started At */
            started_at: string | null;
            status: components["schemas"]["Status"];
            /** Stubs */
            stubs: {
                [key: string]: unknown;
            }[];
            usage: components["schemas"]["Used"];
            /** Variables */
            variables: {
                [key: string]: unknown;
            };
            /** Waiting */
            waiting: {
                [key: string]: unknown;
            }[];
            /** Workflow Id */
            workflow_id: string | null;
            /** Workflow Name */
            workflow_name: string;
            /** Workflow Version */
            workflow_version: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * ExecutionSummary
         * @description A line in the list of executions. `digest` only if it is asked for.
         */
        ExecutionSummary: {
            /** Completed At */
            completed_at: string | null;
            /**
             * Created At
             * @description UTC, ISO 8601 with microseconds.
             */
            created_at: string;
            digest?: components["schemas"]["Digest"] | null;
            /** Error */
            error: string | null;
            /** Execution Id */
            execution_id: string;
            /** Last Seq */
            last_seq: number;
            /** Origin */
            origin: {
                [key: string]: unknown;
            } | null;
            /** Status */
            status: string;
            /** Version */
            version: number | null;
            /** Workflow Id */
            workflow_id: string | null;
            /** Workflow Name */
            workflow_name: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * ExpressionProblem
         * @description Why an expression has no value.
         */
        ExpressionProblem: {
            /** Code */
            code: string;
            /** Hint */
            hint: string;
            /** Message */
            message: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * ExpressionValue
         * @description An expression with its value, or with what is wrong.
         */
        ExpressionValue: {
            /** Expression */
            expression: string;
            problem?: components["schemas"]["ExpressionProblem"] | null;
            /** Value */
            value?: unknown;
        } & {
            [key: string]: unknown;
        };
        /**
         * FactBody
         * @description What is to be remembered.
         */
        FactBody: {
            /**
             * Fact
             * @description One sentence that can be understood by itself.
             */
            fact: string;
            /**
             * Importance
             * @description From 0 (barely) to 1 (must not be missed).
             * @default 0.5
             */
            importance: number;
            /**
             * Metadata
             * @description Anything; recall can ask for it.
             * @default {}
             */
            metadata: {
                [key: string]: unknown;
            };
            /**
             * Session Id
             * @description In which conversation; empty for all.
             * @default
             */
            session_id: string;
            /**
             * User Id
             * @description For whom; empty for all users of the agent.
             * @default
             */
            user_id: string;
            /**
             * Workflow Id
             * @description In which workflow; empty for all.
             * @default
             */
            workflow_id: string;
        };
        /**
         * FileEntry
         * @description A file in the workspace of an execution.
         */
        FileEntry: {
            /** Bytes */
            bytes: number;
            /**
             * Modified At
             * @description UTC, ISO 8601 with microseconds.
             */
            modified_at: string;
            /** Name */
            name: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * ForkBody
         * @description Where an execution is forked, and what is different from there on.
         */
        ForkBody: {
            /**
             * At
             * @description The number of the last record that both share.
             */
            at: number;
            /** Execution Id */
            execution_id?: string | null;
            override?: components["schemas"]["Override"] | null;
            /**
             * Version
             * @description Go on with this version of the workflow.
             */
            version?: number | null;
        };
        /**
         * Health
         * @description Whether executions can run here, and on what.
         */
        Health: {
            /** Embedder */
            embedder: string | null;
            /** Journal */
            journal: {
                [key: string]: unknown;
            };
            /** Model */
            model: string;
            /** Problems */
            problems: components["schemas"]["ProblemEntry"][];
            /** Sandbox */
            sandbox: string | null;
            /** Sockets */
            sockets: {
                [key: string]: unknown;
            };
            /**
             * Status
             * @enum {string}
             */
            status: "healthy" | "unhealthy";
            /** Version */
            version: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * Imported
         * @description How much of a file was new.
         */
        Imported: {
            /** Memories */
            memories: number;
            /** Turns */
            turns: number;
        };
        /**
         * InboxEntry
         * @description Something that somebody has to answer.
         */
        InboxEntry: {
            /** Assignee */
            assignee: string | null;
            /**
             * Deadline
             * @description Until when there is time to answer.
             */
            deadline: string | null;
            /** Execution Id */
            execution_id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "human" | "approval" | "interrupted" | "other";
            /**
             * Node
             * @description The node as the command `answer` names it, together with `scope`.
             */
            node: string;
            /**
             * Node Id
             * @description The node as the state of the execution names it.
             */
            node_id: string;
            /**
             * Request
             * @description What is asked: `question`, `choices`, `schema`, `tool`, `arguments`.
             */
            request: {
                [key: string]: unknown;
            };
            /** Scope */
            scope: string;
            /** Since */
            since: string | null;
            /** Workflow Id */
            workflow_id: string | null;
            /** Workflow Name */
            workflow_name: string;
        };
        /**
         * InputMapping
         * @description One named input of a node: where its value comes from.
         *
         *     Without `source_node` the value is a workflow input or variable called `source_field` (or `name`).
         */
        InputMapping: {
            /** Default */
            default?: unknown;
            /** Name */
            name: string;
            /**
             * Source Field
             * @default output
             */
            source_field: string;
            /** Source Node */
            source_node?: string | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * InputsOverridden
         * @description Somebody set by hand what a node that had not begun will receive.
         */
        InputsOverridden: {
            /** Inputs */
            inputs: {
                [key: string]: unknown;
            };
            /** Node */
            node: string;
            /** Scope */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "InputsOverridden";
        };
        JsonValue: unknown;
        /**
         * Limits
         * @description What one execution may use; each is checked by the engine, not by the document's own loops.
         *
         *     `budget` is what all agents and tools of one execution may spend together.
         */
        Limits: {
            budget?: components["schemas"]["Budget"] | null;
            /**
             * Max Activations
             * @default 100000
             */
            max_activations: number;
            /**
             * Max Depth
             * @default 32
             */
            max_depth: number;
            /**
             * Max Iterations
             * @default 10
             */
            max_iterations: number;
            /**
             * Max Parallel
             * @default 1000
             */
            max_parallel: number;
        } & {
            [key: string]: unknown;
        };
        /**
         * LinkAnswer
         * @description A link, as a path at this server. Whoever has it may answer.
         */
        LinkAnswer: {
            /**
             * Expires At
             * @description UTC, ISO 8601 with microseconds.
             */
            expires_at: string;
            /** Url */
            url: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * LinkBody
         * @description Which question a link is for, and how long it is good.
         */
        LinkBody: {
            /**
             * Expires S
             * @default 604800
             */
            expires_s: number;
            /**
             * Node
             * @description A node that waits.
             */
            node: string;
            /**
             * Scope
             * @default
             */
            scope: string;
        };
        /**
         * LogLine
         * @description A line for people.
         */
        LogLine: {
            /**
             * Level
             * @enum {string}
             */
            level: "DEBUG" | "INFO" | "WARNING" | "ERROR";
            /** Message */
            message: string;
            /** Node Id */
            node_id: string | null;
            /** Path */
            path: string[];
            /**
             * Timestamp
             * @description UTC, ISO 8601 with microseconds.
             */
            timestamp: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * LogMessage
         * @description A line of the log.
         */
        LogMessage: {
            /** Execution Id */
            execution_id: string;
            log: components["schemas"]["LogLine"];
            /** Part */
            part: number;
            /** Seq */
            seq: number;
            /**
             * Timestamp
             * @description UTC, ISO 8601 with microseconds.
             */
            timestamp: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "log";
        } & {
            [key: string]: unknown;
        };
        /**
         * LogWritten
         * @description A line for people, from a handler or from the engine.
         */
        LogWritten: {
            /**
             * Level
             * @enum {string}
             */
            level: "DEBUG" | "INFO" | "WARNING" | "ERROR";
            /** Message */
            message: string;
            /** Node */
            node?: string | null;
            /**
             * Scope
             * @default
             */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "LogWritten";
        };
        /**
         * LoopConfig
         * @description How often the body runs and over what.
         */
        LoopConfig: {
            /**
             * Condition
             * @description Over item, index, previous and the inputs.
             */
            condition?: string | null;
            /**
             * Items Source
             * @description The input that holds the list.
             */
            items_source?: string | null;
            /**
             * Loop Type
             * @description Once for each item of a list, or while or until a condition holds.
             * @default for_each
             * @enum {string}
             */
            loop_type: "for_each" | "while" | "until";
            /**
             * Max Iterations
             * @description How many rounds there may be.
             * @default 1000
             */
            max_iterations: number;
            /**
             * On Limit
             * @description A list longer than max_iterations: fail, or treat only the first items.
             * @default fail
             * @enum {string}
             */
            on_limit: "fail" | "cut";
        } & {
            [key: string]: unknown;
        };
        /**
         * McpServerEntry
         * @description An MCP server. `confinement` says how it is kept in, `problem` why it does not work.
         */
        McpServerEntry: {
            /** Confinement */
            confinement: string;
            /** Name */
            name: string;
            /** Problem */
            problem: string;
            /** Server Info */
            server_info: string;
            /**
             * State
             * @enum {string}
             */
            state: "disabled" | "idle" | "running" | "failed";
            /** Tools */
            tools: components["schemas"]["McpToolEntry"][];
            /**
             * Transport
             * @enum {string}
             */
            transport: "stdio" | "http";
            /** Where */
            where: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * McpToolEntry
         * @description A tool of an MCP server that was approved. `changed` and `gone`: the server offers it otherwise, or no more.
         */
        McpToolEntry: {
            /** Description */
            description: string;
            /** Name */
            name: string;
            /** Needs Approval */
            needs_approval: boolean;
            /** Side Effects */
            side_effects: boolean;
            /**
             * Status
             * @enum {string}
             */
            status: "approved" | "changed" | "gone";
            /** Title */
            title: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * MemoryEntry
         * @description One memory.
         */
        MemoryEntry: {
            /** Content */
            content: string;
            /** Created At */
            created_at: string;
            /**
             * Execution Id
             * @description The execution that wrote it; empty: a person or a program.
             */
            execution_id: string;
            /** Expires At */
            expires_at: string | null;
            /** Id */
            id: string;
            /** Importance */
            importance: number;
            /**
             * Kind
             * @enum {string}
             */
            kind: "fact" | "interaction" | "summary";
            /** Last Used At */
            last_used_at: string | null;
            /** Metadata */
            metadata: {
                [key: string]: unknown;
            };
            /** Node Id */
            node_id: string;
            /** Session Id */
            session_id: string;
            /** Superseded By */
            superseded_by: string | null;
            /** Supersedes */
            supersedes: string | null;
            /** User Id */
            user_id: string;
            /** Uses */
            uses: number;
            /**
             * Valid To
             * @description Since when something else holds in its place.
             */
            valid_to: string | null;
            /** Workflow Id */
            workflow_id: string;
        };
        /**
         * MemoryOptions
         * @description Whose memory an agent has, what of it goes into the prompt, and what is remembered afterwards.
         */
        MemoryOptions: {
            /**
             * Agent Id
             * Format: template
             * @description Whose memory it is. Empty: of this node of this workflow.
             * @default
             */
            agent_id: string;
            /**
             * Max Tokens
             * @description What memory may take of the prompt, in tokens (about).
             * @default 2000
             */
            max_tokens: number;
            /**
             * Min Score
             * @description Recall only what is that near. Empty: the usual measure.
             */
            min_score?: number | null;
            /**
             * Recall
             * @description Memories that go into the prompt, at most.
             * @default 5
             */
            recall: number;
            /**
             * Session Id
             * Format: template
             * @description In which conversation. Empty: one for all.
             * @default
             */
            session_id: string;
            /**
             * Summarise
             * @description What leaves the window is summarised by the model.
             * @default true
             */
            summarise: boolean;
            /**
             * User Id
             * Format: template
             * @description For whom: what is remembered for one user is not recalled for another.
             * @default
             */
            user_id: string;
            /**
             * Window
             * @description Messages of the conversation that go into the prompt.
             * @default 10
             */
            window: number;
            /**
             * Workflow Id
             * Format: template
             * @description In which workflow. Empty: in all that name this agent.
             * @default
             */
            workflow_id: string;
            /**
             * Write
             * @description What is remembered of each answer: nothing; conversation: until it has left the window; interactions: also for recalling it later; facts: what a model, asked once more, finds worth remembering.
             * @default interactions
             * @enum {string}
             */
            write: "nothing" | "conversation" | "interactions" | "facts";
        };
        /**
         * MemoryStatus
         * @description Whoever remembers something, and by what it is found.
         */
        MemoryStatus: {
            /** Agents */
            agents: components["schemas"]["AgentMemory"][];
            /** Embedder */
            embedder: string;
            /**
             * Warning
             * @description What to know of how memories are found, if there is something.
             */
            warning: string | null;
        };
        /**
         * ModelEntry
         * @description A model, whether it can be used now, and why or why not.
         */
        ModelEntry: {
            /** Available */
            available: boolean;
            /** Name */
            name: string;
            /** Provider */
            provider: string;
            /** Reason */
            reason: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * ModelSettings
         * @description How a model chooses its words and its tools. What is left out is as the provider has it.
         */
        ModelSettings: {
            /**
             * Frequency Penalty
             * @description Against words that were there often.
             */
            frequency_penalty?: number | null;
            /**
             * Parallel Tool Calls
             * @description Whether the model may ask for several tools at once.
             */
            parallel_tool_calls?: boolean | null;
            /**
             * Presence Penalty
             * @description Against words that were there.
             */
            presence_penalty?: number | null;
            /**
             * Seed
             * @description Answers that repeat, as far as the provider can.
             */
            seed?: number | null;
            /**
             * Stop
             * @description The answer ends before one of these.
             */
            stop?: string[] | null;
            /**
             * Tool Choice
             * @description The first thing to do: auto, none, required (call some tool), or the name of a tool.
             */
            tool_choice?: string | null;
            /**
             * Top K
             * @description Only so many of the likeliest words, where the model has that.
             */
            top_k?: number | null;
            /**
             * Top P
             * @description Only the likeliest words that make up this share.
             */
            top_p?: number | null;
        };
        /**
         * Node
         * @description One box of the drawing. `<type>_config` holds what its type needs; plug-in types bring keys of their own.
         */
        Node: {
            agent_config?: components["schemas"]["AgentConfig"] | null;
            /**
             * Cancel Losers
             * @default false
             */
            cancel_losers: boolean;
            condition_config?: components["schemas"]["ConditionConfig"] | null;
            /** Description */
            description?: string | null;
            /**
             * Disabled
             * @default false
             */
            disabled: boolean;
            /** Id */
            id: string;
            /**
             * Inputs
             * @default []
             */
            inputs: components["schemas"]["InputMapping"][];
            /**
             * Join
             * @default all
             * @enum {string}
             */
            join: "all" | "any" | "every" | "n";
            /**
             * Join N
             * @default 1
             */
            join_n: number;
            loop_config?: components["schemas"]["LoopConfig"] | null;
            /**
             * Name
             * @default
             */
            name: string;
            /**
             * On Error
             * @default fail
             * @enum {string}
             */
            on_error: "fail" | "continue";
            /** Parent */
            parent?: string | null;
            /**
             * Position
             * @default {}
             */
            position: {
                [key: string]: unknown;
            };
            retry?: components["schemas"]["Retry"] | null;
            /** Timeout S */
            timeout_s?: number | null;
            /** Type */
            type: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * NodeCancelled
         * @description The node will not end by itself, because its scope was given up.
         */
        NodeCancelled: {
            /** Node */
            node: string;
            /** Scope */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "NodeCancelled";
        };
        /**
         * NodeCompleted
         * @description A node ended well. An edge is live when its port is among `ports`.
         */
        NodeCompleted: {
            /** Node */
            node: string;
            /** Output */
            output: unknown;
            /**
             * Ports
             * @default [
             *       "out"
             *     ]
             */
            ports: string[];
            /** Scope */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "NodeCompleted";
        };
        /**
         * NodeFailed
         * @description An attempt failed. With `retry_in_s` it is tried again after so many seconds; without, this is its end.
         */
        NodeFailed: {
            /** Attempt */
            attempt: number;
            /** Error */
            error: {
                [key: string]: unknown;
            };
            /** Node */
            node: string;
            /** Retry In S */
            retry_in_s?: number | null;
            /** Scope */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "NodeFailed";
        };
        /**
         * NodeResumed
         * @description A handler that had asked something goes on, in the same attempt; the answer is a recorded step of it.
         */
        NodeResumed: {
            /** Node */
            node: string;
            /** Scope */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "NodeResumed";
        };
        /**
         * NodeSkipped
         * @description No live path led here.
         */
        NodeSkipped: {
            /** Node */
            node: string;
            /**
             * Reason
             * @default
             */
            reason: string;
            /** Scope */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "NodeSkipped";
        };
        /**
         * NodeStarted
         * @description An attempt began. `config` holds the fields that were rendered from templates, as rendered.
         */
        NodeStarted: {
            /** Attempt */
            attempt: number;
            /** Config */
            config?: {
                [key: string]: unknown;
            } | null;
            /** Inputs */
            inputs: {
                [key: string]: unknown;
            };
            /** Node */
            node: string;
            /** Scope */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "NodeStarted";
        };
        /**
         * NodeState
         * @description A node, as of its latest activation.
         */
        NodeState: {
            /** Attempt */
            attempt: number;
            /** Completed At */
            completed_at: string | null;
            /** Config */
            config: {
                [key: string]: unknown;
            } | null;
            /** Error */
            error: string | null;
            /** Error Detail */
            error_detail: {
                [key: string]: unknown;
            } | null;
            /** Input */
            input: unknown;
            /** Node Id */
            node_id: string;
            /** Output */
            output: unknown;
            /** Path */
            path: string[];
            /** Ports */
            ports: string[];
            /** Runs */
            runs: components["schemas"]["RunEntry"][];
            /** Started At */
            started_at: string | null;
            status: components["schemas"]["NodeStatus"];
            /** Type */
            type: string | null;
            usage: components["schemas"]["Used"] | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * NodeStatus
         * @description Of an activation. One that failed and will be tried again is still running.
         * @enum {string}
         */
        NodeStatus: "pending" | "running" | "waiting" | "completed" | "failed" | "skipped" | "cancelled";
        /**
         * NodeTypeEntry
         * @description A node type: what palettes, forms and checks need. `schema` is the JSON Schema of `<type>_config`.
         */
        NodeTypeEntry: {
            /** Card */
            card: string;
            /** Doc */
            doc: string;
            /** Example */
            example: {
                [key: string]: unknown;
            };
            /**
             * Gives
             * @description Of which type its output is as a whole, as far as that is always so.
             * @enum {string}
             */
            gives: "any" | "text" | "json" | "list" | "file";
            /** Group */
            group: string;
            /** Icon */
            icon: string;
            /**
             * Output Types
             * @description The types of its `outputs`; what is not here may be any.
             */
            output_types: {
                [key: string]: "any" | "text" | "json" | "list" | "file";
            };
            /** Outputs */
            outputs: {
                [key: string]: string;
            };
            /** Policy */
            policy: string | null;
            /** Ports */
            ports: string[];
            /** Ports From */
            ports_from: (string | null)[] | null;
            /** Schema */
            schema: {
                [key: string]: unknown;
            };
            /**
             * Takes
             * @description Of which type what it receives must be.
             * @enum {string}
             */
            takes: "any" | "text" | "json" | "list" | "file";
            /** Title */
            title: string;
            /** Type */
            type: string;
            /** Version */
            version: number;
        } & {
            [key: string]: unknown;
        };
        /**
         * NodeUpdateMessage
         * @description What became of an activation.
         */
        NodeUpdateMessage: {
            /** Attempt */
            attempt: number;
            /** Execution Id */
            execution_id: string;
            /** Node Id */
            node_id: string;
            /** Node State */
            node_state: {
                [key: string]: unknown;
            };
            /** Part */
            part: number;
            /** Path */
            path: string[];
            /** Seq */
            seq: number;
            /**
             * Timestamp
             * @description UTC, ISO 8601 with microseconds.
             */
            timestamp: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "node_update";
        } & {
            [key: string]: unknown;
        };
        /**
         * NodeWaiting
         * @description The node waits for an answer; `request` says from whom and of what shape.
         */
        NodeWaiting: {
            /** Node */
            node: string;
            /** Request */
            request: {
                [key: string]: unknown;
            };
            /** Scope */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "NodeWaiting";
        };
        /**
         * OpenQuestion
         * @description What is asked. Of the call of a tool also `tool`, `description`, `arguments` and `reason`.
         */
        OpenQuestion: {
            /** Choices */
            choices: unknown[] | null;
            /**
             * Deadline
             * @description Until when the run waits.
             */
            deadline: string | null;
            /** Draft */
            draft: string | null;
            /**
             * Expires At
             * @description Until when the link is good.
             */
            expires_at: string;
            /** Kind */
            kind: string;
            /** Question */
            question: string | null;
            /** Schema */
            schema: {
                [key: string]: unknown;
            } | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * OutputOverridden
         * @description Somebody set the output of a node by hand. A node that had not ended counts as completed.
         *
         *     `inputs` is what a node received that had not even started; some nodes hand that on.
         */
        OutputOverridden: {
            /** Inputs */
            inputs?: {
                [key: string]: unknown;
            } | null;
            /** Node */
            node: string;
            /** Output */
            output: unknown;
            /**
             * Ports
             * @default [
             *       "out"
             *     ]
             */
            ports: string[];
            /** Scope */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "OutputOverridden";
        };
        /**
         * Override
         * @description Set the output of an activation by hand.
         */
        Override: {
            /** Node */
            node: string;
            /** Output */
            output: unknown;
            /** Ports */
            ports?: string[] | null;
            /**
             * Scope
             * @default
             */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "override";
        };
        /**
         * OverrideInputs
         * @description Set by hand what an activation that has not begun will receive.
         */
        OverrideInputs: {
            /** Inputs */
            inputs: {
                [key: string]: unknown;
            };
            /** Node */
            node: string;
            /**
             * Scope
             * @default
             */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "override_inputs";
        };
        /**
         * Pause
         * @description Start no further node.
         */
        Pause: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "pause";
        };
        /**
         * ProblemDocument
         * @description What every error looks like (RFC 9457).
         */
        ProblemDocument: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /** Hint */
            hint: string;
            /** Problems */
            problems: components["schemas"]["ProblemEntry"][];
            /** Status */
            status: number;
            /** Title */
            title: string;
            /** Type */
            type: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * ProblemEntry
         * @description One finding about a document, or about the body of a request.
         */
        ProblemEntry: {
            /** Code */
            code: string;
            /** Field */
            field: string | null;
            /** Fixes */
            fixes: {
                [key: string]: unknown;
            }[];
            /** Hint */
            hint: string;
            /** Message */
            message: string;
            /** Node */
            node: string | null;
            /**
             * Severity
             * @enum {string}
             */
            severity: "error" | "warning" | "note";
        } & {
            [key: string]: unknown;
        };
        /**
         * ProviderBody
         * @description A provider of models. A key that is sent as text is stored as a secret and never shown again.
         */
        ProviderBody: {
            /**
             * Base Url
             * @description Needed for openai-compatible only.
             */
            base_url?: string | null;
            /** Key */
            key?: string | components["schemas"]["SecretName"] | null;
            /**
             * Kind
             * @enum {string}
             */
            kind: "openai" | "anthropic" | "google" | "groq" | "mistral" | "ollama" | "openrouter" | "openai-compatible";
            /**
             * Options
             * @description models, silence_s, first_token_s, total_s, max_retries, max_concurrency.
             * @default {}
             */
            options: {
                [key: string]: unknown;
            };
        };
        /**
         * ProviderEntry
         * @description A provider. `key` names a secret or a variable of the environment.
         */
        ProviderEntry: {
            /** Base Url */
            base_url: string;
            /** Created At */
            created_at: string | null;
            /** Key */
            key: {
                [key: string]: unknown;
            } | null;
            /** Kind */
            kind: string;
            /** Name */
            name: string;
            /** Options */
            options: {
                [key: string]: unknown;
            };
            /** Reason */
            reason: string;
            /**
             * Source
             * @enum {string}
             */
            source: "environment" | "stored";
            /** Updated At */
            updated_at: string | null;
            /** Usable */
            usable: boolean;
        } & {
            [key: string]: unknown;
        };
        /**
         * ProviderTest
         * @description What came of trying a provider.
         */
        ProviderTest: {
            /** Duration Ms */
            duration_ms: number;
            /** Message */
            message: string;
            /** Models */
            models: string[];
            /** Ok */
            ok: boolean;
        } & {
            [key: string]: unknown;
        };
        /**
         * RecallBody
         * @description A question to an agent's memory.
         */
        RecallBody: {
            /**
             * Filter
             * @description What the metadata must hold.
             * @default {}
             */
            filter: {
                [key: string]: unknown;
            };
            /** Min Score */
            min_score?: number | null;
            /**
             * N Results
             * @description How many at most; never more than 100.
             * @default 5
             */
            n_results: number;
            /**
             * Query
             * @description What it is about.
             */
            query: string;
            /**
             * Session Id
             * @default
             */
            session_id: string;
            /**
             * User Id
             * @default
             */
            user_id: string;
            /**
             * Workflow Id
             * @default
             */
            workflow_id: string;
        };
        /**
         * RecalledEntry
         * @description A memory that fits a question, as an agent would get it.
         */
        RecalledEntry: {
            /** Content */
            content: string;
            /** Created At */
            created_at: string;
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "fact" | "interaction" | "summary";
            /** Metadata */
            metadata: {
                [key: string]: unknown;
            };
            /** Score */
            score: number;
            /** Why */
            why: string;
        };
        /**
         * Record
         * @description An event with its place in the log of its execution.
         */
        Record: {
            /**
             * At
             * @description UTC, ISO 8601 with microseconds.
             */
            at: string;
            /** Event */
            event: components["schemas"]["ExecutionStarted"] | components["schemas"]["ExecutionPaused"] | components["schemas"]["ExecutionResumed"] | components["schemas"]["BreakpointsSet"] | components["schemas"]["StubsSet"] | components["schemas"]["CancellationRequested"] | components["schemas"]["ExecutionFinished"] | components["schemas"]["NodeStarted"] | components["schemas"]["NodeCompleted"] | components["schemas"]["NodeFailed"] | components["schemas"]["NodeSkipped"] | components["schemas"]["NodeCancelled"] | components["schemas"]["NodeWaiting"] | components["schemas"]["NodeResumed"] | components["schemas"]["ScopeOpened"] | components["schemas"]["ScopeClosed"] | components["schemas"]["StepStarted"] | components["schemas"]["StepRecorded"] | components["schemas"]["LogWritten"] | components["schemas"]["OutputOverridden"] | components["schemas"]["InputsOverridden"] | components["schemas"]["TextStreamed"];
            /** Execution Id */
            execution_id: string;
            /** Seq */
            seq: number;
        };
        /**
         * Resume
         * @description Go on.
         */
        Resume: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "resume";
        };
        /**
         * Retry
         * @description How often and how soon a failed node is tried again; delays in seconds.
         */
        Retry: {
            /**
             * Factor
             * @default 2
             */
            factor: number;
            /**
             * First Delay S
             * @default 1
             */
            first_delay_s: number;
            /**
             * Max Attempts
             * @default 3
             */
            max_attempts: number;
            /**
             * Max Delay S
             * @default 60
             */
            max_delay_s: number;
        } & {
            [key: string]: unknown;
        };
        /**
         * Retry
         * @description Try a failed activation again now. For a finished execution the runtime makes a fork of it.
         */
        RetryNow: {
            /** Node */
            node: string;
            /**
             * Scope
             * @default
             */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "retry";
        };
        /**
         * RunEntry
         * @description One activation of a node. `usage` is null when it called neither models nor tools.
         */
        RunEntry: {
            /** Attempt */
            attempt: number;
            /** Completed At */
            completed_at: string | null;
            /** Path */
            path: string[];
            /** Started At */
            started_at: string | null;
            status: components["schemas"]["NodeStatus"];
            usage: components["schemas"]["Used"] | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * ScopeClosed
         * @description All nodes of a scope have ended. `error` is what doomed it; a cancelled scope has none.
         */
        ScopeClosed: {
            /** Error */
            error?: {
                [key: string]: unknown;
            } | null;
            /** Ok */
            ok: boolean;
            /** Result */
            result?: unknown;
            /** Scope */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "ScopeClosed";
        };
        /**
         * ScopeOpened
         * @description A composite node opened a fresh instance of its body.
         */
        ScopeOpened: {
            /** Index */
            index: number;
            /** Item */
            item?: unknown;
            /** Node */
            node: string;
            /** Parent */
            parent: string;
            /** Scope */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "ScopeOpened";
        };
        /**
         * SecretBody
         * @description The value of a secret.
         */
        SecretBody: {
            /** Value */
            value: string;
        };
        /**
         * SecretEntry
         * @description What may be known about a secret.
         */
        SecretEntry: {
            /**
             * Created At
             * @description UTC, ISO 8601 with microseconds.
             */
            created_at: string;
            /**
             * Hidden
             * @description Whether it is long enough, six characters, to be hidden wherever it turns up.
             */
            hidden: boolean;
            /**
             * Last Four
             * @description Of a value of at least twelve characters.
             */
            last_four: string | null;
            /** Last Used At */
            last_used_at: string | null;
            /** Name */
            name: string;
            /**
             * Readable
             * @description Whether the key that it was stored with is at hand.
             */
            readable: boolean;
            /**
             * Reason
             * @description Why it cannot be read, else empty.
             */
            reason: string;
            /**
             * Updated At
             * @description UTC, ISO 8601 with microseconds.
             */
            updated_at: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * SecretName
         * @description A secret that is stored already.
         */
        SecretName: {
            /**
             * Secret
             * @description Its name.
             */
            secret: string;
        };
        /**
         * SetBreakpoints
         * @description Replace all breakpoints.
         */
        SetBreakpoints: {
            /** Breakpoints */
            breakpoints?: components["schemas"]["Breakpoint"][];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "set_breakpoints";
        };
        /**
         * SetStubs
         * @description Replace all stubs.
         */
        SetStubs: {
            /** Stubs */
            stubs?: components["schemas"]["Stub"][];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "set_stubs";
        };
        /**
         * Status
         * @description Of an execution. `waiting`: nothing runs, and a person or the timer of a node is awaited.
         * @enum {string}
         */
        Status: "pending" | "running" | "paused" | "waiting" | "completed" | "failed" | "cancelled";
        /**
         * StatusMessage
         * @description The status of the execution.
         */
        StatusMessage: {
            /** Data */
            data: {
                [key: string]: unknown;
            };
            /** Execution Id */
            execution_id: string;
            /** Part */
            part: number;
            /** Seq */
            seq: number;
            status: components["schemas"]["Status"];
            /**
             * Timestamp
             * @description UTC, ISO 8601 with microseconds.
             */
            timestamp: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "status";
        } & {
            [key: string]: unknown;
        };
        /**
         * Step
         * @description Go on by one step, then pause again.
         *
         *     `into`: the next ready node is started, wherever it is. `over`: it is run to its end, with everything in it. `out`:
         *     the container that the execution is paused in is run to its end. `call`: one call that a running node is held up
         *     at is made; where none is, it is `into`, and the node is held up at its first call.
         */
        Step: {
            /**
             * Mode
             * @default into
             * @enum {string}
             */
            mode: "into" | "over" | "out" | "call";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "step";
        };
        /**
         * StepMessage
         * @description A call of a model, a tool or the memory within a node.
         */
        StepMessage: {
            /** Attempt */
            attempt: number;
            /** Data */
            data: unknown;
            /** Execution Id */
            execution_id: string;
            /** Key */
            key: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "model" | "tool" | "memory" | "other";
            /** Name */
            name: string;
            /** Node Id */
            node_id: string;
            /** Part */
            part: number;
            /** Path */
            path: string[];
            /** Seq */
            seq: number;
            /**
             * Status
             * @enum {string}
             */
            status: "started" | "completed" | "failed";
            /**
             * Timestamp
             * @description UTC, ISO 8601 with microseconds.
             */
            timestamp: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "step";
            /** Usage */
            usage: {
                [key: string]: unknown;
            } | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * StepRecorded
         * @description A step ended; its value is never computed again in this execution.
         */
        StepRecorded: {
            /** Error */
            error?: {
                [key: string]: unknown;
            } | null;
            /** Key */
            key: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "model" | "tool" | "memory" | "other";
            /**
             * Name
             * @default
             */
            name: string;
            /** Node */
            node: string;
            /** Scope */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "StepRecorded";
            /** Usage */
            usage?: {
                [key: string]: unknown;
            } | null;
            /** Value */
            value?: unknown;
        };
        /**
         * StepStarted
         * @description A handler is about to call a model or a tool. Stored before the call is made.
         */
        StepStarted: {
            /** Data */
            data?: unknown;
            /**
             * Idempotent
             * @default true
             */
            idempotent: boolean;
            /** Key */
            key: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "model" | "tool" | "memory" | "other";
            /**
             * Name
             * @default
             */
            name: string;
            /** Node */
            node: string;
            /** Scope */
            scope: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "StepStarted";
        };
        /**
         * StoredWorkflowDocument
         * @description A workflow document as it was saved, with what the store knows about it.
         *
         *     `version_id` names this save; sent back with a change, the change is refused if somebody else saved meanwhile.
         */
        StoredWorkflowDocument: {
            /**
             * Created At
             * @description UTC, ISO 8601 with microseconds.
             */
            created_at: string;
            /** Description */
            description?: string | null;
            /**
             * Edges
             * @default []
             */
            edges: components["schemas"]["Edge"][];
            /** Id */
            id?: string | null;
            /**
             * @default {
             *       "max_activations": 100000,
             *       "max_depth": 32,
             *       "max_iterations": 10,
             *       "max_parallel": 1000
             *     }
             */
            limits: components["schemas"]["Limits"];
            /**
             * Name
             * @default Untitled
             */
            name: string;
            /**
             * Nodes
             * @default []
             */
            nodes: components["schemas"]["Node"][];
            /**
             * Updated At
             * @description UTC, ISO 8601 with microseconds.
             */
            updated_at: string;
            /**
             * Variables
             * @default {}
             */
            variables: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Version
             * @default 1.0.0
             */
            version: string;
            /** Version Id */
            version_id: string;
            /** Version Number */
            version_number: number;
        } & {
            [key: string]: unknown;
        };
        StreamMessage: components["schemas"]["StatusMessage"] | components["schemas"]["NodeUpdateMessage"] | components["schemas"]["LogMessage"] | components["schemas"]["ErrorMessage"] | components["schemas"]["CompletionMessage"] | components["schemas"]["TokenMessage"] | components["schemas"]["StepMessage"];
        /**
         * Stub
         * @description A node or a tool that is not run in this execution, and what it gives instead.
         *
         *     `ports`: those that a node chooses; without, it goes on by `out`.
         */
        Stub: {
            /** Node */
            node?: string | null;
            /** Output */
            output: unknown;
            /** Ports */
            ports?: string[] | null;
            /** Tool */
            tool?: string | null;
        };
        /**
         * StubsSet
         * @description The complete list of what is not run but stood in for, from now on: nodes and tools, with what they give.
         */
        StubsSet: {
            /** Stubs */
            stubs: {
                [key: string]: unknown;
            }[];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "StubsSet";
        };
        /**
         * Taken
         * @description The answer was taken.
         */
        Taken: {
            /** Answered */
            answered: boolean;
        } & {
            [key: string]: unknown;
        };
        /**
         * TallyEntry
         * @description So many executions of a status, of those that began in the stretch of time from `begins_at` on.
         */
        TallyEntry: {
            /** Begins At */
            begins_at: string | null;
            /** Count */
            count: number;
            /** Status */
            status: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * TemplateEntry
         * @description A workflow to begin with, and what it needs: a model that understands language, the internet, a person.
         */
        TemplateEntry: {
            /** Description */
            description: string;
            /** Group */
            group: string;
            /** Id */
            id: string;
            /** Needs */
            needs: ("model" | "internet" | "person")[];
            /** Title */
            title: string;
            workflow: components["schemas"]["Workflow"];
        } & {
            [key: string]: unknown;
        };
        /**
         * TestBody
         * @description A document to run once without storing it, and what it is run with.
         */
        TestBody: {
            /** @description What all agents of this run may spend together. */
            budget?: components["schemas"]["Budget"] | null;
            /**
             * Document
             * @description A workflow, as for storing. Its `id` means nothing here.
             */
            document: {
                [key: string]: unknown;
            };
            /**
             * Inputs
             * @default {}
             */
            inputs: {
                [key: string]: unknown;
            };
        };
        /**
         * TextStreamed
         * @description A piece of text that a model wrote, joined over some milliseconds.
         */
        TextStreamed: {
            /** Attempt */
            attempt: number;
            /**
             * Kind
             * @default text
             * @enum {string}
             */
            kind: "text" | "thinking" | "tool_args";
            /** Node */
            node: string;
            /** Scope */
            scope: string;
            /** Text */
            text: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "TextStreamed";
        };
        /**
         * TokenMessage
         * @description A piece of text that a model wrote.
         */
        TokenMessage: {
            /** Attempt */
            attempt: number;
            /** Execution Id */
            execution_id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "text" | "thinking" | "tool_args";
            /** Node Id */
            node_id: string;
            /** Part */
            part: number;
            /** Path */
            path: string[];
            /** Seq */
            seq: number;
            /** Text */
            text: string;
            /**
             * Timestamp
             * @description UTC, ISO 8601 with microseconds.
             */
            timestamp: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "token";
        } & {
            [key: string]: unknown;
        };
        /**
         * ToolBody
         * @description The arguments of a tool, as its parameters describe them.
         */
        ToolBody: {
            /**
             * Arguments
             * @default {}
             */
            arguments: {
                [key: string]: unknown;
            };
        };
        /**
         * ToolEntry
         * @description A tool. `definition` is what models are given.
         */
        ToolEntry: {
            /** Definition */
            definition: {
                [key: string]: unknown;
            };
            /** Description */
            description: string;
            /** Idempotent */
            idempotent: boolean;
            /** Name */
            name: string;
            /** Needs Approval */
            needs_approval: boolean;
            /** Parameters */
            parameters: {
                [key: string]: unknown;
            };
            /** Side Effects */
            side_effects: boolean;
            /**
             * Source
             * @description `own`: of the operator, or of a plug-in.
             * @enum {string}
             */
            source: "built-in" | "mcp" | "own";
            /** Timeout S */
            timeout_s: number | null;
            /**
             * Title
             * @description What people see: `server/tool` for a tool of an MCP server.
             */
            title: string;
            /**
             * Untrusted
             * @description Whether what it returns may be the words of strangers.
             */
            untrusted: boolean;
        } & {
            [key: string]: unknown;
        };
        /**
         * ToolTrial
         * @description What came of trying a tool.
         */
        ToolTrial: {
            /** Duration Ms */
            duration_ms: number;
            /**
             * Failed
             * @description Whether that is an error.
             */
            failed: boolean;
            /**
             * Limit Bytes
             * @description A larger result is not told, but only its beginning.
             */
            limit_bytes: number;
            /**
             * Result
             * @description What it returned.
             */
            result: unknown;
            /**
             * Told
             * @description The result as a model reads it.
             */
            told: string;
            /** Told Bytes */
            told_bytes: number;
        } & {
            [key: string]: unknown;
        };
        /**
         * TurnEntry
         * @description A question and its answer.
         */
        TurnEntry: {
            /** Assistant Message */
            assistant_message: string;
            /** Created At */
            created_at: string;
            /** Execution Id */
            execution_id: string;
            /** Node Id */
            node_id: string;
            /** Seq */
            seq: number;
            /** Session Id */
            session_id: string;
            /** User Id */
            user_id: string;
            /** User Message */
            user_message: string;
            /** Workflow Id */
            workflow_id: string;
        };
        /**
         * UploadAnswer
         * @description An uploaded file. As it is, this can be an input of an execution.
         */
        UploadAnswer: {
            /**
             * $File
             * @description Its id.
             */
            $file: string;
            /** Bytes */
            bytes: number;
            /** Name */
            name: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * Used
         * @description What calls of models and tools used that have ended. The cost is null while no price is known.
         */
        Used: {
            /** Cost Usd */
            cost_usd: number | null;
            /** Input Tokens */
            input_tokens: number;
            /** Model Calls */
            model_calls: number;
            /** Output Tokens */
            output_tokens: number;
            /** Tool Calls */
            tool_calls: number;
        } & {
            [key: string]: unknown;
        };
        /**
         * VersionEntry
         * @description One save of a workflow.
         */
        VersionEntry: {
            /**
             * Created At
             * @description UTC, ISO 8601 with microseconds.
             */
            created_at: string;
            /** Name */
            name: string;
            /** Version Id */
            version_id: string;
            /** Version Number */
            version_number: number;
        } & {
            [key: string]: unknown;
        };
        /**
         * Workflow
         * @description A workflow document.
         *
         *     >>> flow = Workflow.load({"name": "Hello", "nodes": [{"id": "start", "type": "start"}], "edges": []})
         *     >>> flow.nodes[0].title
         *     'start'
         */
        Workflow: {
            /**
             * Description
             * @default null
             */
            description: string | null;
            /**
             * Edges
             * @default []
             */
            edges: components["schemas"]["Edge"][];
            /**
             * Id
             * @default null
             */
            id: string | null;
            /**
             * @default {
             *       "budget": null,
             *       "max_activations": 100000,
             *       "max_depth": 32,
             *       "max_iterations": 10,
             *       "max_parallel": 1000
             *     }
             */
            limits: components["schemas"]["Limits"];
            /**
             * Name
             * @default Untitled
             */
            name: string;
            /**
             * Nodes
             * @default []
             */
            nodes: components["schemas"]["Node"][];
            /**
             * Variables
             * @default {}
             */
            variables: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Version
             * @default 1.0.0
             */
            version: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * WorkflowSummary
         * @description A line in the list of workflows. `version_number` counts the saves.
         */
        WorkflowSummary: {
            /**
             * Created At
             * @description UTC, ISO 8601 with microseconds.
             */
            created_at: string;
            /** Description */
            description: string | null;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Node Count */
            node_count: number;
            /**
             * Updated At
             * @description UTC, ISO 8601 with microseconds.
             */
            updated_at: string;
            /** Version */
            version: string;
            /** Version Id */
            version_id: string;
            /** Version Number */
            version_number: number;
        } & {
            [key: string]: unknown;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_question: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenQuestion"];
                };
            };
        };
    };
    answer_question: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AnswerBody"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Taken"];
                };
            };
        };
    };
    get_blob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The value. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    list_executions: {
        parameters: {
            query?: {
                cursor?: string | null;
                /** @description Also say what each was about, what came of it and what it used. */
                digest?: boolean;
                /** @description Entries on a page. */
                limit?: number;
                order?: "newest" | "oldest";
                /** @description Part of the id, the workflow's name or the error. */
                q?: string;
                /** @description Begun at or after this time, ISO 8601. */
                since?: string | null;
                /** @description One or more; also separated by commas. */
                status?: string[] | null;
                /** @description Begun before this time, ISO 8601. */
                until?: string | null;
                workflow_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionSummary"][];
                };
            };
        };
    };
    get_execution: {
        parameters: {
            query?: {
                /** @description As it was after this record. */
                at?: number | null;
                /** @description Large values themselves, instead of references to them. */
                full?: boolean;
            };
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionState"];
                };
            };
        };
    };
    delete_execution: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    send_command: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ControlInput"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    compare_executions: {
        parameters: {
            query?: {
                /** @description Large values themselves, instead of references to them. */
                full?: boolean;
            };
            header?: never;
            path: {
                execution_id: string;
                other_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comparison"];
                };
            };
        };
    };
    diff_execution: {
        parameters: {
            query?: {
                /** @description Behind this record; 0 is before the first. */
                from?: number;
                /** @description Large values themselves, instead of references to them. */
                full?: boolean;
                /** @description At most so many changes. */
                limit?: number;
                /** @description Behind this record; the last, if absent. */
                to?: number | null;
            };
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Difference"];
                };
            };
        };
    };
    evaluate_expressions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EvaluateBody"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Evaluation"];
                };
            };
        };
    };
    list_events: {
        parameters: {
            query?: {
                /** @description SEQ or SEQ.PART of the last message that was seen. */
                after?: string;
                /** @description Large values themselves, instead of references to them. */
                full?: boolean;
                limit?: number;
                /** @description Server-sent events only: a replay, so many times as fast as it was; 0 is at once. */
                speed?: number;
                /** @description What server-sent events carry. */
                view?: "messages" | "records";
            };
            header?: {
                accept?: string;
                "last-event-id"?: string | null;
            };
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Record"][];
                    "text/event-stream": string;
                };
            };
            /** @description Server-sent events only: the execution has ended and everything was sent. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_execution_files: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileEntry"][];
                };
            };
        };
    };
    get_execution_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The file, as an attachment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
        };
    };
    fork_execution: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ForkBody"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionAnswer"];
                };
            };
        };
    };
    create_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkBody"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkAnswer"];
                };
            };
        };
    };
    upload_file: {
        parameters: {
            query: {
                /** @description What the file is called. */
                name: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadAnswer"];
                };
            };
        };
    };
    delete_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    tally_executions: {
        parameters: {
            query?: {
                /** @description Part of the id, the workflow's name or the error. */
                q?: string;
                /** @description Begun at or after this time, ISO 8601. */
                since?: string | null;
                /** @description Begun before this time, ISO 8601. */
                until?: string | null;
                /** @description Seconds of a stretch of time. */
                width_s?: number | null;
                workflow_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TallyEntry"][];
                };
            };
        };
    };
    list_inbox: {
        parameters: {
            query?: {
                /** @description Only what this person should answer. */
                assignee?: string | null;
                cursor?: string | null;
                /** @description How many executions are looked at. */
                limit?: number;
                workflow_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InboxEntry"][];
                };
            };
        };
    };
    list_mcp_servers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["McpServerEntry"][];
                };
            };
        };
    };
    get_mcp_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["McpServerEntry"];
                };
            };
        };
    };
    list_memory: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemoryStatus"];
                };
            };
        };
    };
    clear_memory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agent_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    memory_audit: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path: {
                agent_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEntry"][];
                };
            };
        };
    };
    get_conversation: {
        parameters: {
            query?: {
                /** @description Go on behind this number. */
                after?: number;
                limit?: number;
            };
            header?: never;
            path: {
                agent_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TurnEntry"][];
                };
            };
        };
    };
    clear_conversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agent_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_facts: {
        parameters: {
            query?: {
                /** @description Go on behind this id. */
                before?: string | null;
                kind?: ("fact" | "interaction" | "summary") | null;
                limit?: number;
                /** @description Only those that hold this text. */
                query?: string;
            };
            header?: never;
            path: {
                agent_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemoryEntry"][];
                };
            };
        };
    };
    add_fact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agent_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FactBody"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemoryEntry"];
                };
            };
        };
    };
    get_fact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agent_id: string;
                memory_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemoryEntry"][];
                };
            };
        };
    };
    edit_fact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agent_id: string;
                memory_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FactBody"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemoryEntry"];
                };
            };
        };
    };
    forget_fact: {
        parameters: {
            query?: {
                /** @description Who asks for it, for the audit. */
                by?: string;
                /** @description Why, for the audit. */
                reason?: string;
            };
            header?: never;
            path: {
                agent_id: string;
                memory_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    recall: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agent_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecallBody"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecalledEntry"][];
                };
            };
        };
    };
    export_memory: {
        parameters: {
            query?: {
                /** @description Only of this agent. */
                agent_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/jsonl": string;
                };
            };
        };
    };
    import_memory: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Imported"];
                };
            };
        };
    };
    list_models: {
        parameters: {
            query?: {
                /** @description Seconds to wait for providers. */
                wait?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelEntry"][];
                };
            };
        };
    };
    list_node_types: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeTypeEntry"][];
                };
            };
        };
    };
    list_providers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderEntry"][];
                };
            };
        };
    };
    get_provider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderEntry"];
                };
            };
        };
    };
    set_provider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProviderBody"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderEntry"];
                };
            };
        };
    };
    delete_provider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    test_provider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderTest"];
                };
            };
        };
    };
    list_secrets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretEntry"][];
                };
            };
        };
    };
    get_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretEntry"];
                };
            };
        };
    };
    set_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecretBody"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretEntry"];
                };
            };
        };
    };
    delete_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_templates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateEntry"][];
                };
            };
        };
    };
    get_template: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                template_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateEntry"];
                };
            };
        };
    };
    use_template: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                template_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredWorkflowDocument"];
                };
            };
        };
    };
    list_tools: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToolEntry"][];
                };
            };
        };
    };
    get_tool: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToolEntry"];
                };
            };
        };
    };
    execute_tool: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ToolBody"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description What the tool returned. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    try_tool: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ToolBody"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToolTrial"];
                };
            };
        };
    };
    get_tryout_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The file, as an attachment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
        };
    };
    list_workflows: {
        parameters: {
            query?: {
                cursor?: string | null;
                /** @description Entries on a page. */
                limit?: number;
                /** @description Part of the name, the description or the id. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowSummary"][];
                };
            };
        };
    };
    create_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Workflow"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredWorkflowDocument"];
                };
            };
        };
    };
    get_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredWorkflowDocument"];
                };
            };
        };
    };
    save_workflow: {
        parameters: {
            query?: {
                /** @description Save by itself while somebody draws: replaced by the next save. */
                draft?: boolean;
                /** @description Refuse with 409 if the newest version is another one. */
                version_id?: string | null;
            };
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Workflow"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredWorkflowDocument"];
                };
            };
        };
    };
    delete_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    patch_workflow: {
        parameters: {
            query?: {
                /** @description Save by itself while somebody draws: replaced by the next save. */
                draft?: boolean;
                /** @description Refuse with 409 if the newest version is another one. */
                version_id?: string | null;
            };
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    [key: string]: unknown;
                }[];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredWorkflowDocument"];
                };
            };
        };
    };
    execute_workflow: {
        parameters: {
            query?: {
                /** @description Answer when the execution has ended, at most so late. */
                wait?: number | null;
            };
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ExecuteBody"] | null;
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description With `wait`: the state at the end of the wait. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionState"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionAnswer"];
                };
            };
        };
    };
    list_problems: {
        parameters: {
            query?: {
                version?: number | null;
            };
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemEntry"][];
                };
            };
        };
    };
    list_versions: {
        parameters: {
            query?: {
                cursor?: string | null;
                /** @description Entries on a page. */
                limit?: number;
            };
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionEntry"][];
                };
            };
        };
    };
    get_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: number;
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredWorkflowDocument"];
                };
            };
        };
    };
    restore_version: {
        parameters: {
            query?: {
                /** @description Refuse with 409 if the newest version is another one. */
                version_id?: string | null;
            };
            header?: never;
            path: {
                number: number;
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredWorkflowDocument"];
                };
            };
        };
    };
    test_workflow: {
        parameters: {
            query?: {
                /** @description Answer when the execution has ended, at most so late. */
                wait?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TestBody"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description With `wait`: the state at the end of the wait. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionState"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionAnswer"];
                };
            };
        };
    };
    validate_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Workflow"];
            };
        };
        responses: {
            /** @description The request does not fit, or what it names does not. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The server cannot do it now, or something unexpected happened. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemEntry"][];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Executions cannot run here now; `journal` says why. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
}
