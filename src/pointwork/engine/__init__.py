"""The engine: pure decisions about what happens next in an execution. No I/O, no clock, no randomness, no asyncio.

A map, in reading order:

1. `plan`        what runs: a tree of acyclic graphs, made for counting
2. `state`       what is true: a fold of events; joins are two counters per node (`scope` holds them)
3. `scheduler`   what happens next: inputs in, events and commands out  ← the centre
4. `scopes`      how loop, map, parallel, sub-workflows and drawn loops open scopes: one small policy each
5. `inputs`      what a node receives: mappings, implicit inputs, names in expressions
6. `compile`     from a document to a plan or to problems: `checks` (single nodes), `levels` (cycles and order),
                 `addresses` (where every input is read)
7. `view`        what people see of it: another fold of the same events

`render` and `breakpoints` are small helpers of the scheduler, `rewrite` changes values of a state, `meant` and
`unknown` know what to say about names that do not exist. The runtime (`pointwork.runtime`) stores the events, then
obeys the commands; nothing here knows about it.
`docs/explanation/semantics.md` has the rules in prose.
"""

from pointwork.engine.compile import check, compile
from pointwork.engine.plan import Plan
from pointwork.engine.scheduler import Scheduler
from pointwork.engine.state import State, fold
from pointwork.engine.view import View

__all__ = ["Plan", "Scheduler", "State", "View", "check", "compile", "fold"]
