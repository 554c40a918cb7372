-- What all executions of a day spent together. `day` is the date in UTC, as 2030-01-31.
CREATE TABLE spending (
    day TEXT PRIMARY KEY,
    model_calls INTEGER NOT NULL,
    tool_calls INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    cost_usd REAL NOT NULL,
    seconds REAL NOT NULL
);
