-- name: list_secrets
SELECT name, key_id, sealed, created_at_us, updated_at_us, used_at_us FROM secrets ORDER BY name;

-- name: get_secret
SELECT name, key_id, sealed, created_at_us, updated_at_us, used_at_us FROM secrets WHERE name = :name;

-- name: set_secret
INSERT INTO secrets (name, key_id, sealed, created_at_us, updated_at_us)
VALUES (:name, :key_id, :sealed, :now, :now)
ON CONFLICT (name) DO UPDATE SET key_id = :key_id, sealed = :sealed, updated_at_us = :now;

-- name: seal_again
-- With another key: nothing about the secret itself has changed.
UPDATE secrets SET key_id = :key_id, sealed = :sealed WHERE name = :name;

-- name: use_secret
UPDATE secrets SET used_at_us = :now WHERE name = :name;

-- name: delete_secret
DELETE FROM secrets WHERE name = :name;

-- name: other_keys
SELECT key_id, min(name), count(*) FROM secrets GROUP BY key_id ORDER BY key_id;

-- name: list_providers
SELECT name, kind, base_url, secret, options, created_at_us, updated_at_us FROM providers ORDER BY name;

-- name: get_provider
SELECT name, kind, base_url, secret, options, created_at_us, updated_at_us FROM providers WHERE name = :name;

-- name: set_provider
INSERT INTO providers (name, kind, base_url, secret, options, created_at_us, updated_at_us)
VALUES (:name, :kind, :base_url, :secret, :options, :now, :now)
ON CONFLICT (name) DO UPDATE SET
    kind = :kind, base_url = :base_url, secret = :secret, options = :options, updated_at_us = :now;

-- name: delete_provider
DELETE FROM providers WHERE name = :name;
