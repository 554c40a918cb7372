-- name: spent
SELECT model_calls, tool_calls, tokens, cost_usd, seconds FROM spending WHERE day = :day;

-- name: add
INSERT INTO spending (day, model_calls, tool_calls, tokens, cost_usd, seconds)
VALUES (:day, :model_calls, :tool_calls, :tokens, :cost_usd, :seconds)
ON CONFLICT (day) DO UPDATE SET
    model_calls = spending.model_calls + excluded.model_calls, tool_calls = spending.tool_calls + excluded.tool_calls,
    tokens = spending.tokens + excluded.tokens, cost_usd = spending.cost_usd + excluded.cost_usd,
    seconds = spending.seconds + excluded.seconds;
