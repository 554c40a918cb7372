-- A secret is stored encrypted only: `sealed` is the nonce, then what AES-256-GCM made of the value, bound to the name.
-- `key_id` says which key that was, never what it is. `used_at_us`: when it was last given to a node or a tool.
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    key_id TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created_at_us INTEGER NOT NULL,
    updated_at_us INTEGER NOT NULL,
    used_at_us INTEGER
);

-- `secret` is the name of the secret that holds the key; `options` is a JSON object.
CREATE TABLE providers (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    base_url TEXT,
    secret TEXT,
    options TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    updated_at_us INTEGER NOT NULL
);
