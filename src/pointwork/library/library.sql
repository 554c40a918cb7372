-- name: create_workflow
INSERT INTO workflows (id, newest, created_at_us, updated_at_us) VALUES (:id, 1, :now, :now);

-- name: add_version
INSERT INTO workflow_versions (
    workflow_id, number, version_id, draft, name, description, label, nodes, saved_at_us, content_hash, document
) VALUES (
    :id, :number, :version_id, :draft, :name, :description, :label, :nodes, :now, :content_hash, :document
);

-- name: replace_draft
UPDATE workflow_versions
SET
    version_id = :version_id, draft = :draft, name = :name, description = :description, label = :label, nodes = :nodes,
    saved_at_us = :now, content_hash = :content_hash, document = :document
WHERE workflow_id = :id AND number = :number AND draft = 1;

-- name: touch
UPDATE workflows SET newest = :number, updated_at_us = :now WHERE id = :id;

-- name: newest
-- The columns up to the document are those of every query here.
SELECT w.id, v.number, v.version_id, v.draft, v.name, v.description, v.label, v.nodes, w.created_at_us, v.saved_at_us,
    v.content_hash, v.document
FROM workflows AS w JOIN workflow_versions AS v ON v.workflow_id = w.id AND v.number = w.newest
WHERE w.id = :id;

-- name: newest_saved
SELECT w.id, v.number, v.version_id, v.draft, v.name, v.description, v.label, v.nodes, w.created_at_us, v.saved_at_us,
    v.content_hash, v.document
FROM workflows AS w JOIN workflow_versions AS v ON v.workflow_id = w.id
WHERE w.id = :id AND v.draft = 0
ORDER BY v.number DESC LIMIT 1;

-- name: version
SELECT w.id, v.number, v.version_id, v.draft, v.name, v.description, v.label, v.nodes, w.created_at_us, v.saved_at_us,
    v.content_hash, v.document
FROM workflows AS w JOIN workflow_versions AS v ON v.workflow_id = w.id
WHERE w.id = :id AND v.number = :number;

-- name: versions
SELECT w.id, v.number, v.version_id, v.draft, v.name, v.description, v.label, v.nodes, w.created_at_us, v.saved_at_us
FROM workflows AS w JOIN workflow_versions AS v ON v.workflow_id = w.id
WHERE w.id = :id AND v.number < :before
ORDER BY v.number DESC LIMIT :limit;

-- name: list
SELECT w.id, v.number, v.version_id, v.draft, v.name, v.description, v.label, v.nodes, w.created_at_us, v.saved_at_us
FROM workflows AS w JOIN workflow_versions AS v ON v.workflow_id = w.id AND v.number = w.newest
WHERE (w.updated_at_us, w.id) < (:before_us, :before_id) AND (
    lower(v.name) LIKE lower(:q) ESCAPE '\' OR lower(coalesce(v.description, '')) LIKE lower(:q) ESCAPE '\'
    OR lower(w.id) LIKE lower(:q) ESCAPE '\'
)
ORDER BY w.updated_at_us DESC, w.id DESC LIMIT :limit;

-- name: delete_workflow
-- Its versions go with it (ON DELETE CASCADE); its executions stay, they have plans of their own.
DELETE FROM workflows WHERE id = :id;

-- name: answer
SELECT request_hash, status, body, location, created_at_us FROM idempotency WHERE route = :route AND key = :key;

-- name: begin
INSERT INTO idempotency (route, key, request_hash, created_at_us) VALUES (:route, :key, :request_hash, :now);

-- name: finish
UPDATE idempotency SET status = :status, body = :body, location = :location
WHERE route = :route AND key = :key AND status IS NULL;

-- name: abandon
DELETE FROM idempotency WHERE route = :route AND key = :key AND status IS NULL;

-- name: expire
DELETE FROM idempotency WHERE created_at_us < :before;

-- name: expire_one
DELETE FROM idempotency WHERE route = :route AND key = :key;
