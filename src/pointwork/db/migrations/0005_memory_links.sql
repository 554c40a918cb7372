-- What a step writes is told apart by whose memory it is, and what was replaced is found from what replaced it.
DROP INDEX memories_of_step;
CREATE INDEX memories_of_step ON memories (execution_id, step, agent_id) WHERE step <> '';
CREATE INDEX memories_replaced ON memories (superseded_by) WHERE superseded_by IS NOT NULL;
DROP INDEX conversation_turns_of_step;
CREATE UNIQUE INDEX conversation_turns_of_step
ON conversation_turns (execution_id, step, agent_id, user_id, session_id, workflow_id) WHERE step <> '';
CREATE INDEX conversation_turns_of_memory ON conversation_turns (memory_id) WHERE memory_id <> '';
