-- Where VALUES stands with one row of question marks and nothing says otherwise, the writer repeats the row.

-- name: create
INSERT INTO executions (
    id, workflow_id, workflow_name, version, status, owner, plan_hash, created_at_us, finished_at_us, origin, error
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: append
INSERT INTO journal (execution, first_seq, count, at_us, data, refs) VALUES (?, ?, ?, ?, ?, ?);

-- name: set_status
WITH news (number, status, finished_at_us, error) AS (VALUES (?, ?, ?, ?))
UPDATE executions
SET status = news.status, finished_at_us = news.finished_at_us, error = coalesce(news.error, executions.error)
FROM news WHERE executions.number = news.number;

-- name: keep_plan
INSERT INTO plans (hash, data) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: keep_blob
INSERT INTO blobs (hash, data) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: use_blob
INSERT INTO blob_uses (hash, execution) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: head
-- Where an execution stands. Its last row is the one with the highest key; the numbers of its events follow.
SELECT
    number,
    status,
    coalesce(
        (
            SELECT first_seq + count - 1 FROM journal
            WHERE execution = executions.number ORDER BY first_seq DESC LIMIT 1
        ), 0
    )
FROM executions WHERE id = :id;

-- name: claim
-- PostgreSQL: IS NOT DISTINCT FROM instead of IS.
UPDATE executions SET owner = :owner WHERE id = :id AND owner IS :was AND finished_at_us IS NULL;

-- name: number
SELECT number FROM executions WHERE id = :id;

-- name: read
-- From the row that holds record `after` + 1 onwards; with `after` inside a row, that row is the first.
SELECT first_seq, at_us, data, refs FROM journal
WHERE execution = :execution AND first_seq + count - 1 > :after AND first_seq >= coalesce(
    (SELECT max(first_seq) FROM journal WHERE execution = :execution AND first_seq <= :after + 1), 0
)
ORDER BY first_seq LIMIT :limit;

-- name: rows
-- The columns are the fields of ExecutionRow. The caller puts conditions, each from a fixed list, in the place of TRUE,
-- and may turn the order round.
SELECT
    id, workflow_id, workflow_name, version, status, owner, plan_hash, created_at_us, finished_at_us,
    coalesce(
        (
            SELECT first_seq + count - 1 FROM journal
            WHERE execution = executions.number ORDER BY first_seq DESC LIMIT 1
        ), 0
    ),
    origin, error
FROM executions WHERE TRUE
ORDER BY created_at_us DESC, id DESC LIMIT :limit;

-- name: tally
-- The caller puts conditions, each from a fixed list, in the place of TRUE.
SELECT (created_at_us - :from_us) / :width_us AS stretch, status, count(*)
FROM executions WHERE TRUE
GROUP BY stretch, status ORDER BY stretch, status;

-- name: plan
SELECT data FROM plans WHERE hash = :hash;

-- name: blob
SELECT data FROM blobs WHERE hash = :hash;

-- name: blobs_of
SELECT hash FROM blob_uses WHERE execution = :execution;

-- name: forget_uses
DELETE FROM blob_uses WHERE execution = :execution;

-- name: forget_blob
-- Only when nobody refers to it any more.
DELETE FROM blobs WHERE hash = :hash AND NOT EXISTS (SELECT 1 FROM blob_uses WHERE blob_uses.hash = :hash);

-- name: forget
-- Its records go with it (ON DELETE CASCADE).
DELETE FROM executions WHERE number = :execution;

-- name: forget_plans
DELETE FROM plans WHERE hash NOT IN (SELECT plan_hash FROM executions);

-- name: ended_beyond
-- All but the newest so many ended executions of each workflow.
SELECT id FROM (
    SELECT id, row_number() OVER (PARTITION BY workflow_id ORDER BY created_at_us DESC, id DESC) AS position
    FROM executions WHERE finished_at_us IS NOT NULL
) AS ranked
WHERE position > :keep;

-- name: with_text
SELECT number FROM executions WHERE finished_at_us < :before AND text_pruned_at_us IS NULL ORDER BY number;

-- name: rows_with_text
-- A first sieve, the events decide. PostgreSQL: position('TextStreamed'::bytea IN data) > 0.
SELECT first_seq, data FROM journal
WHERE execution = :execution AND instr(data, CAST('"TextStreamed"' AS BLOB)) > 0;

-- name: rewrite
UPDATE journal SET data = :data WHERE execution = :execution AND first_seq = :first_seq;

-- name: remove
DELETE FROM journal WHERE execution = :execution AND first_seq = :first_seq;

-- name: text_pruned
UPDATE executions SET text_pruned_at_us = :now WHERE number = :execution;
