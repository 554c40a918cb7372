"""The journal: the append-only list of records that is at once durable state, live stream and history."""

from pointwork.journal.base import ENDED, Durability, ExecutionRow, Journal, Listener, Pruned, Stored, Tally

__all__ = ["ENDED", "Durability", "ExecutionRow", "Journal", "Listener", "Pruned", "Stored", "Tally"]
