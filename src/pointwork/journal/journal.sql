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
-- The caller puts conditions, each from a fixed list, in the place of TRUE.
SELECT
    id, workflow_id, workflow_name, version, status, owner, plan_hash, created_at_us, finished_at_us, origin, error,
    coalesce(
        (
            SELECT first_seq + count - 1 FROM journal
            WHERE execution = executions.number ORDER BY first_seq DESC LIMIT 1
        ), 0
    )
FROM executions WHERE TRUE
ORDER BY created_at_us DESC, id DESC LIMIT :limit;

-- name: plan
SELECT data FROM plans WHERE hash = :hash;

-- name: blob
SELECT data FROM blobs WHERE hash = :hash;

-- name: blobs_of
SELECT hash FROM blob_uses WHERE execution = :execution;

-- name: forget_blob
DELETE FROM blobs WHERE hash = :hash AND NOT EXISTS (SELECT 1 FROM blob_uses WHERE hash = :hash);

-- name: forget_uses
DELETE FROM blob_uses WHERE execution = :execution;

-- name: forget
-- Its records go with it (ON DELETE CASCADE).
DELETE FROM executions WHERE number = :execution;
