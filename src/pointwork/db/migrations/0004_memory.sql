-- What agents remember. Places (user, session, workflow) are empty where a memory belongs to nobody in particular.
-- Times are microseconds since 1970. `text_hash` is of the normalised text: the same text is remembered once.
CREATE TABLE memories (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    workflow_id TEXT NOT NULL,
    text TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    metadata TEXT NOT NULL,
    importance REAL NOT NULL,
    created_at_us INTEGER NOT NULL,
    valid_from_us INTEGER NOT NULL,
    valid_to_us INTEGER,
    expires_at_us INTEGER,
    last_used_at_us INTEGER,
    uses INTEGER NOT NULL,
    supersedes TEXT,
    superseded_by TEXT,
    execution_id TEXT NOT NULL,
    node_id TEXT NOT NULL,
    step TEXT NOT NULL
);
CREATE UNIQUE INDEX memories_once ON memories (agent_id, user_id, session_id, workflow_id, kind, text_hash)
    WHERE valid_to_us IS NULL;
CREATE INDEX memories_of_agent ON memories (agent_id, id);
CREATE INDEX memories_of_step ON memories (execution_id, step) WHERE step <> '';
CREATE INDEX memories_that_expire ON memories (expires_at_us) WHERE expires_at_us IS NOT NULL;

-- Vectors, each under the name of the embedder that made it.
CREATE TABLE memory_vectors (
    memory_id TEXT NOT NULL,
    embedder TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (memory_id, embedder)
);

-- Words with a digit in them, which vectors tell apart badly.
CREATE TABLE memory_identifiers (
    agent_id TEXT NOT NULL,
    word TEXT NOT NULL,
    memory_id TEXT NOT NULL,
    PRIMARY KEY (agent_id, word, memory_id)
);
CREATE INDEX memory_identifiers_of_memory ON memory_identifiers (memory_id);

-- A number for each agent that changes with its memories or their vectors.
CREATE TABLE memory_revisions (
    agent_id TEXT PRIMARY KEY,
    number INTEGER NOT NULL
);

-- What the index has still to be told, in order.
CREATE TABLE memory_outbox (
    seq INTEGER PRIMARY KEY,
    memory_id TEXT NOT NULL,
    agent_id TEXT NOT NULL
);

-- What was said, in order, for the window that goes into the next prompt. `memory_id`: where it is remembered for longer.
CREATE TABLE conversation_turns (
    seq INTEGER PRIMARY KEY,
    agent_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    workflow_id TEXT NOT NULL,
    user_message TEXT NOT NULL,
    assistant_message TEXT NOT NULL,
    memory_id TEXT NOT NULL,
    metadata TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    execution_id TEXT NOT NULL,
    node_id TEXT NOT NULL,
    step TEXT NOT NULL
);
CREATE INDEX conversation_turns_of_scope ON conversation_turns (agent_id, user_id, session_id, workflow_id, seq);
CREATE UNIQUE INDEX conversation_turns_of_step ON conversation_turns (execution_id, step) WHERE step <> '';

-- Who took what out of memory, when and why; never the text.
CREATE TABLE memory_audit (
    seq INTEGER PRIMARY KEY,
    at_us INTEGER NOT NULL,
    action TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    memory_id TEXT NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL
);
