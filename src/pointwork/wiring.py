"""The object graph, built once: what a server or a command is made of.

Rules of this file: it only puts together. Building opens no file and needs no key; `open` does, in the order of need,
and `close` undoes it in the other order. One `App` belongs to one event loop.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import AsyncExitStack
from typing import Any

from pointwork.db import Owners
from pointwork.errors import ConfigurationError
from pointwork.journal import Journal
from pointwork.journal.sqlite import SqliteJournal
from pointwork.library import Idempotency, StoredWorkflow, Workflows
from pointwork.models import Models
from pointwork.nodes import Registry, builtin_registry
from pointwork.runtime import Runtime
from pointwork.settings import Settings
from pointwork.tools import ToolRegistry
from pointwork.workflow import Workflow

__all__ = ["App"]
