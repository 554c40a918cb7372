-- What both databases understand, but for three words: AUTOINCREMENT (PostgreSQL: GENERATED ALWAYS AS IDENTITY),
-- BLOB (BYTEA), and the 8-byte numbers that SQLite calls INTEGER (BIGINT). Times are microseconds since 1970, UTC.

CREATE TABLE migrations (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at_us INTEGER NOT NULL
);

CREATE TABLE plans (
    hash TEXT PRIMARY KEY,
    data BLOB NOT NULL
);

-- `number` stands for an execution in the journal, where its id would cost 36 bytes a record. It is never used again
-- (AUTOINCREMENT), so a forgotten driver cannot write into a younger execution.
CREATE TABLE executions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    workflow_id TEXT,
    workflow_name TEXT NOT NULL,
    version INTEGER,
    status TEXT NOT NULL,
    owner TEXT,
    plan_hash TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    finished_at_us INTEGER,
    text_pruned_at_us INTEGER,
    origin TEXT,
    error TEXT
);
CREATE INDEX executions_by_time ON executions (created_at_us);
CREATE INDEX executions_by_workflow ON executions (workflow_id, created_at_us);
CREATE INDEX executions_unfinished ON executions (created_at_us) WHERE finished_at_us IS NULL;

-- One row is one append: `data` is a JSON array of `count` events, the first of which has the number `first_seq`.
-- The primary key is the fence between processes: two that append behind the same record make the same key.
-- Rows lie in the order of their arrival, whatever execution they belong to, so a commit of many executions fills
-- a few pages; the key is an index beside them. `refs`: JSON, which places of which events are references to blobs.
CREATE TABLE journal (
    execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
    first_seq INTEGER NOT NULL,
    count INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    data BLOB NOT NULL,
    refs TEXT,
    PRIMARY KEY (execution, first_seq)
);

CREATE TABLE blobs (
    hash TEXT PRIMARY KEY,
    data BLOB NOT NULL
);

-- Which executions refer to a blob; a blob without any is forgotten.
CREATE TABLE blob_uses (
    hash TEXT NOT NULL REFERENCES blobs (hash),
    execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
    PRIMARY KEY (hash, execution)
);
CREATE INDEX blob_uses_by_execution ON blob_uses (execution);

CREATE TABLE workflows (
    id TEXT PRIMARY KEY,
    newest INTEGER NOT NULL,
    created_at_us INTEGER NOT NULL,
    updated_at_us INTEGER NOT NULL
);
CREATE INDEX workflows_by_update ON workflows (updated_at_us);

-- Every save is a row that never changes; only a draft, which the editor saves by itself, is replaced. `document`
-- comes last, because what stands before it is read without it. `draft` is 0 or 1.
CREATE TABLE workflow_versions (
    workflow_id TEXT NOT NULL REFERENCES workflows (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    version_id TEXT NOT NULL UNIQUE,
    draft INTEGER NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    label TEXT NOT NULL,
    nodes INTEGER NOT NULL,
    saved_at_us INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (workflow_id, number)
);

-- What was answered to a request that may be sent again; no `status` yet: somebody is at it.
CREATE TABLE idempotency (
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER,
    body BLOB,
    created_at_us INTEGER NOT NULL,
    PRIMARY KEY (route, key)
);
CREATE INDEX idempotency_by_time ON idempotency (created_at_us);
