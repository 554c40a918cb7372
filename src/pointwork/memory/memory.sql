-- name: add
INSERT INTO memories (
    id, kind, agent_id, user_id, session_id, workflow_id, text, text_hash, metadata, importance, created_at_us,
    valid_from_us, expires_at_us, uses, supersedes, execution_id, node_id, step
) VALUES (
    :id, :kind, :agent_id, :user_id, :session_id, :workflow_id, :text, :text_hash, :metadata, :importance,
    :created_at_us, :valid_from_us, :expires_at_us, 0, :supersedes, :execution_id, :node_id, :step
);

-- name: restore
INSERT INTO memories (
    id, kind, agent_id, user_id, session_id, workflow_id, text, text_hash, metadata, importance, created_at_us,
    valid_from_us, valid_to_us, expires_at_us, last_used_at_us, uses, supersedes, superseded_by, execution_id, node_id,
    step
) VALUES (
    :id, :kind, :agent_id, :user_id, :session_id, :workflow_id, :text, :text_hash, :metadata, :importance,
    :created_at_us, :valid_from_us, :valid_to_us, :expires_at_us, :last_used_at_us, :uses, :supersedes, :superseded_by,
    :execution_id, :node_id, :step
) ON CONFLICT DO NOTHING;

-- name: same
-- The same text in the same place.
SELECT * FROM memories
WHERE agent_id = :agent_id AND user_id = :user_id AND session_id = :session_id AND workflow_id = :workflow_id
AND kind = :kind AND text_hash = :text_hash AND valid_to_us IS NULL;

-- name: by_step
-- The same text, written in the same place by the same step.
SELECT * FROM memories
WHERE execution_id = :execution_id AND step = :step AND step <> '' AND agent_id = :agent_id AND user_id = :user_id
AND session_id = :session_id AND workflow_id = :workflow_id AND kind = :kind AND text_hash = :text_hash;

-- name: chain
-- A memory and all that it has replaced, the latest first.
WITH RECURSIVE older (id) AS (
    SELECT id FROM memories WHERE id = :id
    UNION
    SELECT memories.id FROM memories JOIN older ON memories.superseded_by = older.id
)
SELECT memories.* FROM memories JOIN older ON older.id = memories.id ORDER BY memories.id <> :id, memories.id DESC;

-- name: newest
-- What holds in the place of a memory; itself when nothing has replaced it.
WITH RECURSIVE newer (id, superseded_by) AS (
    SELECT id, superseded_by FROM memories WHERE id = :id
    UNION
    SELECT memories.id, memories.superseded_by FROM memories JOIN newer ON memories.id = newer.superseded_by
)
SELECT memories.* FROM memories JOIN newer ON newer.id = memories.id
ORDER BY memories.superseded_by IS NOT NULL, memories.id DESC LIMIT 1;

-- name: summaries
-- Those of whoever sees what belongs to this place: they may tell of it.
SELECT id FROM memories
WHERE agent_id = :agent_id AND kind = 'summary' AND (:user_id = '' OR user_id = :user_id)
AND (:session_id = '' OR session_id = :session_id) AND (:workflow_id = '' OR workflow_id = :workflow_id);

-- name: summaries_of_scope
SELECT id FROM memories
WHERE agent_id = :agent_id AND user_id = :user_id AND session_id = :session_id AND workflow_id = :workflow_id
AND kind = 'summary';

-- name: summaries_of_agent
SELECT id FROM memories WHERE agent_id = :agent_id AND kind = 'summary';

-- name: get
SELECT * FROM memories WHERE id = :id;

-- name: some
-- The caller puts question marks in the place of NULL.
SELECT * FROM memories WHERE id IN (NULL);

-- name: browse
-- Newest first. `query` is in lower case.
SELECT * FROM memories
WHERE agent_id = :agent_id AND (valid_to_us IS NULL OR valid_to_us > :now_us)
AND (expires_at_us IS NULL OR expires_at_us > :now_us)
AND (:kind IS NULL OR kind = :kind) AND (:query = '' OR instr(lower(text), :query) > 0)
AND (:before IS NULL OR id < :before)
ORDER BY id DESC LIMIT :limit;

-- name: latest
SELECT * FROM memories
WHERE agent_id = :agent_id AND user_id = :user_id AND session_id = :session_id AND workflow_id = :workflow_id
AND kind = :kind AND valid_to_us IS NULL AND (expires_at_us IS NULL OR expires_at_us > :now_us)
ORDER BY id DESC LIMIT 1;

-- name: agents
SELECT
    agent_id,
    count(*) AS memories,
    sum(kind = 'fact') AS facts,
    max(created_at_us) AS latest_us
FROM memories
WHERE (valid_to_us IS NULL OR valid_to_us > :now_us) AND (expires_at_us IS NULL OR expires_at_us > :now_us)
GROUP BY agent_id ORDER BY agent_id;

-- name: end
UPDATE memories SET valid_to_us = coalesce(valid_to_us, max(valid_from_us, :at_us)), superseded_by = :by WHERE id = :id;

-- name: let_go
UPDATE memories SET supersedes = NULL WHERE supersedes = :id;

-- name: relink
UPDATE memories SET superseded_by = :by WHERE id = :id;

-- name: forget_predecessors
-- What says that it replaced something which is not there, or is another agent's.
UPDATE memories SET supersedes = NULL
WHERE id = :id AND NOT EXISTS (
    SELECT 1 FROM memories AS older WHERE older.id = memories.supersedes AND older.agent_id = memories.agent_id
);

-- name: touch
UPDATE memories SET uses = uses + 1, last_used_at_us = :now_us WHERE id = :id;

-- name: delete
DELETE FROM memories WHERE id = :id;

-- name: delete_vectors
DELETE FROM memory_vectors WHERE memory_id = :id;

-- name: delete_identifiers
DELETE FROM memory_identifiers WHERE memory_id = :id;

-- name: newest_of
SELECT max(id) FROM memories WHERE agent_id = :agent_id;

-- name: of_agent
SELECT * FROM memories WHERE agent_id = :agent_id AND id <= :newest ORDER BY id LIMIT :limit;

-- name: expired
SELECT id FROM memories WHERE expires_at_us <= :now_us LIMIT :limit;

-- name: identify
INSERT INTO memory_identifiers (agent_id, word, memory_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING;

-- name: identified
SELECT memory_id FROM memory_identifiers WHERE agent_id = :agent_id AND word = :word ORDER BY memory_id DESC;

-- name: named_by
SELECT count(*) FROM memory_identifiers WHERE agent_id = :agent_id AND word = :word;

-- name: changed
INSERT INTO memory_revisions (agent_id, number) VALUES (:agent_id, 1)
ON CONFLICT (agent_id) DO UPDATE SET number = memory_revisions.number + 1;

-- name: revision
SELECT number FROM memory_revisions WHERE agent_id = :agent_id;

-- name: tell
INSERT INTO memory_outbox (memory_id, agent_id) VALUES (?, ?);

-- name: outbox
SELECT seq, memory_id, agent_id FROM memory_outbox WHERE seq > :after ORDER BY seq LIMIT :limit;

-- name: told
DELETE FROM memory_outbox WHERE seq = ?;

-- name: pending
SELECT id, text FROM memories
WHERE id > :after AND NOT EXISTS (
    SELECT 1 FROM memory_vectors WHERE memory_id = memories.id AND embedder = :embedder
)
ORDER BY id LIMIT :limit;

-- name: pending_count
SELECT count(*) FROM memories
WHERE NOT EXISTS (SELECT 1 FROM memory_vectors WHERE memory_id = memories.id AND embedder = :embedder);

-- name: keep_vector
INSERT INTO memory_vectors (memory_id, embedder, vector)
SELECT id, :embedder, :vector FROM memories WHERE id = :id
ON CONFLICT (memory_id, embedder) DO UPDATE SET vector = excluded.vector;

-- name: agents_of
-- The caller puts question marks in the place of NULL.
SELECT id, agent_id FROM memories WHERE id IN (NULL);

-- name: vectors_of
-- The caller puts question marks in the place of NULL.
SELECT memory_id, vector FROM memory_vectors WHERE embedder = ? AND memory_id IN (NULL);

-- name: vectors_of_agent
SELECT memories.id, memory_vectors.vector FROM memories
JOIN memory_vectors ON memory_vectors.memory_id = memories.id AND memory_vectors.embedder = :embedder
WHERE memories.agent_id = :agent_id AND memories.id > :after
ORDER BY memories.id LIMIT :limit;

-- name: all_vectors
SELECT memories.id, memories.agent_id, memory_vectors.vector FROM memory_vectors
JOIN memories ON memories.id = memory_vectors.memory_id
WHERE memory_vectors.embedder = :embedder AND memories.id > :after
ORDER BY memories.id LIMIT :limit;

-- name: vector_count
SELECT count(*) FROM memory_vectors WHERE embedder = :embedder;

-- name: vector_count_of
SELECT count(*) FROM memory_vectors JOIN memories ON memories.id = memory_vectors.memory_id
WHERE memory_vectors.embedder = :embedder AND memories.agent_id = :agent_id;

-- name: say
INSERT INTO conversation_turns (
    agent_id, user_id, session_id, workflow_id, user_message, assistant_message, memory_id, metadata, created_at_us,
    execution_id, node_id, step
) VALUES (
    :agent_id, :user_id, :session_id, :workflow_id, :user_message, :assistant_message, :memory_id, :metadata,
    :created_at_us, :execution_id, :node_id, :step
) ON CONFLICT DO NOTHING;

-- name: window
SELECT * FROM conversation_turns
WHERE agent_id = :agent_id AND user_id = :user_id AND session_id = :session_id AND workflow_id = :workflow_id
ORDER BY seq DESC LIMIT :limit;

-- name: before_window
SELECT * FROM conversation_turns
WHERE agent_id = :agent_id AND user_id = :user_id AND session_id = :session_id AND workflow_id = :workflow_id
AND seq > :after ORDER BY seq DESC LIMIT :most OFFSET :window;

-- name: turns_of_agent
SELECT * FROM conversation_turns WHERE agent_id = :agent_id AND seq > :after ORDER BY seq LIMIT :limit;

-- name: talkers
SELECT agent_id, count(*) AS turns FROM conversation_turns GROUP BY agent_id ORDER BY agent_id;

-- name: clear_conversation
DELETE FROM conversation_turns
WHERE agent_id = :agent_id AND user_id = :user_id AND session_id = :session_id AND workflow_id = :workflow_id;

-- name: clear_turns_of_agent
DELETE FROM conversation_turns WHERE agent_id = :agent_id;

-- name: delete_turn
DELETE FROM conversation_turns WHERE memory_id = :id;

-- name: delete_origin
-- The turn in which a step wrote this: what begins with `origin` was done in the same activation of the same node.
DELETE FROM conversation_turns
WHERE execution_id = :execution_id AND agent_id = :agent_id AND node_id = :node_id
AND substr(step, 1, length(:origin)) = :origin;

-- name: note
INSERT INTO memory_audit (at_us, action, agent_id, memory_id, by, reason)
VALUES (:at_us, :action, :agent_id, :memory_id, :by, :reason);

-- name: audit
SELECT at_us, action, memory_id, by, reason FROM memory_audit
WHERE agent_id = :agent_id ORDER BY seq DESC LIMIT :limit;

-- name: export_memories
SELECT * FROM memories WHERE id > :after AND (:agent_id IS NULL OR agent_id = :agent_id) ORDER BY id LIMIT :limit;

-- name: export_turns
SELECT * FROM conversation_turns
WHERE seq > :after AND (:agent_id IS NULL OR agent_id = :agent_id) ORDER BY seq LIMIT :limit;

-- name: same_turn
SELECT 1 FROM conversation_turns
WHERE agent_id = :agent_id AND user_id = :user_id AND session_id = :session_id AND workflow_id = :workflow_id
AND created_at_us = :created_at_us AND user_message = :user_message AND assistant_message = :assistant_message;
