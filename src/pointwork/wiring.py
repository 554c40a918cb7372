"""The object graph, built once: what a server or a command is made of.

Rules of this file: it only puts together. Building opens no file, needs no key and asks no network; `open` does what
is needed, in its order, and `close` undoes it. One `App` belongs to one event loop.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final, TypeVar
from weakref import WeakKeyDictionary

from pointwork.db import Owners
from pointwork.egress import Egress
from pointwork.errors import ConfigurationError, Conflict, DefinitionError, NotFound, Problem, SandboxUnavailable
from pointwork.files import Uploads, Workspaces, holds_files
from pointwork.journal.memory import MemoryJournal
from pointwork.journal.sqlite import SqliteJournal
from pointwork.library import Idempotency, Ledger, ProviderStore, SecretStore, WorkflowLibrary
from pointwork.memory import MemoryService
from pointwork.models import Models
from pointwork.nodes import builtin_registry
from pointwork.provisioning import Providers, secrets_of
from pointwork.redaction import Redactor
from pointwork.remembering import memory_of
from pointwork.runtime import Compiled, LoadWorkflow, Runtime, literals
from pointwork.runtime.inbox import Inbox
from pointwork.runtime.links import Links
from pointwork.sandbox import Sandbox, chosen
from pointwork.settings import Settings
from pointwork.spending import DayLedger
from pointwork.tools import Secrets, ToolRegistry, outside
from pointwork.tools.folder import load_folder
from pointwork.tools.mcp import McpServers
from pointwork.tools.searching import WebSearch
from pointwork.workflow import JsonObject, Workflow

__all__ = [
    "App",
    "in_memory",
    "mcp_servers",
    "models_of",
    "offer_outside",
    "opened_mcp",
    "run",
    "session",
    "tools_of",
]

R = TypeVar("R")
LOADED: Final = 128  # versions of workflows that are kept as models


class App:
    """Everything that a process needs to run workflows and to keep them."""

    def __init__(
        self, settings: Settings, *, load_workflow: LoadWorkflow | None = None, kept: Settings | None = None
    ) -> None:
        """`load_workflow` finds what `workflow` nodes run; without it, stored workflows are found.

        `kept`: where secrets and providers are, if elsewhere than everything else.
        """
        self.settings = settings
        self.redactor = Redactor(settings.keys())
        self.journal = SqliteJournal(settings.database, settings.durability, redactor=self.redactor)
        self.library = WorkflowLibrary(settings.database)
        self.idempotency = Idempotency(settings.database)
        self.nodes = builtin_registry()
        self.tools = tools_of(settings)
        self.models = models_of(settings)
        self.egress = Egress(settings.egress_allow)
        self.sandbox = chosen(settings.python_sandbox, settings.data_dir)
        # Tools that are tried out in the server get a folder of their own: its current one is nobody's.
        self.workspaces = Workspaces(settings.data_dir, outside=settings.data_dir / "tryouts", redactor=self.redactor)
        self.uploads = Uploads(settings.data_dir)
        self.owners = Owners(settings.data_dir / "owners")
        self.secrets = secrets_of(kept or settings, self.redactor)
        self.memory = memory_of(kept or settings, self.redactor, index=kept is None)
        store = ProviderStore((kept or settings).database)
        self.providers = Providers(
            settings, store, self.secrets, self.models, self.redactor, changed=self.memory.look_again
        )
        self._kept = (self.secrets, store)
        self.mcp = mcp_servers(settings, self.secrets, self.redactor)
        self.tools.add_source(self.mcp)
        self.ledger = _ledger(kept or settings)
        self.secret_problems: list[Problem] = []
        self.runtime = Runtime(
            journal=self.journal,
            registry=self.nodes,
            resources={
                Models: self.models,
                ToolRegistry: self.tools,
                Egress: self.egress,
                Workspaces: self.workspaces,
                Sandbox: self.sandbox,
                WebSearch: _web_search(settings),
                Redactor: self.redactor,
                Secrets: self.secrets,
                MemoryService: self.memory.service,
                **({DayLedger: self.ledger} if self.ledger is not None else {}),
            },
            owners=self.owners,
            load_workflow=load_workflow or self.workflow,
            secret=self.secrets.get,
            redactor=self.redactor,
        )
        self.inbox = Inbox(self.runtime)
        self.links = Links(self.runtime, self.secrets)
        self._loaded: OrderedDict[str, Workflow] = OrderedDict()
        self._compiled: OrderedDict[str, Compiled] = OrderedDict()
        self._undo = AsyncExitStack()

    async def open(self, *, adopt: bool = True) -> None:
        """Make the folders, load plug-ins, open the stores, and with `adopt` take over what nobody drives any more."""
        self.make_folders()
        self.nodes.load_entry_points()
        self.tools.load_entry_points()
        if self.settings.tools_dir is not None:
            load_folder(self.tools, self.settings.tools_dir)
        self.mcp.load()
        async with AsyncExitStack() as undo:
            for store in (self.library, self.idempotency):
                await asyncio.to_thread(store.open)
                undo.callback(store.close)
            for store in self._kept:
                if store.path == self.settings.database or store.path.exists():
                    await asyncio.to_thread(store.open)
                    undo.callback(store.close)
            await asyncio.to_thread(self.learn_secrets)  # before anything is stored or shown
            if self.ledger is not None:
                undo.callback(self.ledger.close)
            undo.push_async_callback(asyncio.to_thread, self.memory.close)
            if adopt:
                await asyncio.to_thread(self.memory.begin)
            undo.push_async_callback(self.models.close)
            await self.providers.refresh()
            undo.push_async_callback(self.sandbox.close)
            undo.push_async_callback(self.egress.close)
            undo.push_async_callback(self.mcp.close)
            undo.push_async_callback(self.runtime.close)
            await self.runtime.open(adopt=adopt)
            if adopt:
                self.owners.sweep({row.owner for row in await self.journal.unfinished() if row.owner})
            self._undo = undo.pop_all()

    async def close(self) -> None:
        """Stop; what was running goes on when it is opened again, here or elsewhere."""
        await self._undo.aclose()

    def learn_secrets(self) -> None:
        """Know all stored secrets, so that none of them is written anywhere; what cannot be read is a problem."""
        self.secret_problems = [
            Problem(severity="warning", code="W-SECRET", message=f"A stored secret cannot be used: {wrong}")
            for wrong in self.secrets.learn()
        ]

    def secrets_in(self, document: JsonObject) -> list[Problem]:
        """A problem for each place of a document in which a secret stands itself, instead of its name."""
        self.learn_secrets()
        return literals(document, self.redactor, self.nodes.specs)

    def refuse_secrets(self, document: JsonObject) -> JsonObject:
        """The document, if no secret stands in it; raises DefinitionError."""
        if problems := self.secrets_in(document):
            raise DefinitionError(problems=tuple(problems))
        return document

    async def sandbox_state(self) -> str:
        """What Python is run in here, or why none is."""
        try:
            return await self.sandbox.layers()
        except SandboxUnavailable as error:
            return f"unavailable: {error.message}"

    def resource(self, kind: type[R]) -> R:
        """A service by its protocol or class, as tools ask for it; raises ConfigurationError without it."""
        found = self.runtime.resources.get(kind)
        if found is None:
            raise ConfigurationError(f"This process offers no {kind.__name__}.", hint="Use a server that has it.")
        return found  # type: ignore[return-value]

    async def with_files(self, inputs: JsonObject, execution_id: str) -> JsonObject:
        """The inputs of a new execution, after the uploaded files among them were copied into its workspace."""
        if not holds_files(inputs):
            return inputs
        with suppress(NotFound):
            await self.journal.row(execution_id)
            raise Conflict(
                f"There is already an execution {execution_id!r}.", hint="Leave out execution_id, or choose another."
            )
        return await asyncio.to_thread(self.uploads.hand_over, inputs, self.workspaces.of(execution_id))

    async def workflow(self, workflow_id: str, version: int | None = None) -> tuple[Workflow, int]:
        """A stored workflow, by default what was saved last, and the number of its version."""
        stored = self.library.get(workflow_id, version=version, drafts=False)
        loaded = self._loaded.get(stored.version_id)
        if loaded is None:
            loaded = self._loaded[stored.version_id] = Workflow.load({**stored.document, "id": workflow_id})
            if len(self._loaded) > LOADED:
                self._loaded.popitem(last=False)
        return loaded, stored.number

    async def compiled(self, workflow_id: str, version: int | None = None) -> tuple[Compiled, int]:
        """The plan of a stored workflow, compiled once per version; raises DefinitionError."""
        stored = self.library.get(workflow_id, version=version, drafts=False)
        known = self._compiled.get(stored.version_id)
        if known is None:
            workflow, _ = await self.workflow(workflow_id, stored.number)
            known = await self.runtime.compiled(workflow)
            if known.self_contained:
                self._compiled[stored.version_id] = known
                if len(self._compiled) > LOADED:
                    self._compiled.popitem(last=False)
        return known, stored.number

    def make_folders(self) -> None:
        for folder in (self.settings.data_dir, self.settings.database.parent):
            _make_folder(folder)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The folder {str(folder)!r} cannot be used: {error.strerror}.",
            hint="Set POINTWORK_DATA_DIR to a folder that you may write to.",
        ) from error


def mcp_servers(settings: Settings, secrets: SecretStore | None = None, redactor: Redactor | None = None) -> McpServers:
    """The MCP servers that are configured; nothing is read or started yet."""
    from pointwork.tools.mcp.approvals import Approvals
    from pointwork.tools.mcp.server import Surroundings

    config = settings.mcp_config
    redactor = redactor or Redactor(settings.keys())
    around = Surroundings(
        home=settings.data_dir / "mcp",
        approvals=Approvals((config or settings.data_dir / "mcp.json").with_name("mcp-approved.json")),
        vault=secrets or secrets_of(settings, redactor),
        redactor=redactor,
        allowed=settings.egress_allow,
    )
    return McpServers(config, around)


@asynccontextmanager
async def opened_mcp(settings: Settings, *, stores: bool = False) -> AsyncIterator[McpServers]:
    """The MCP servers for a command, which has nothing else; they are gone afterwards. `stores`: it keeps secrets."""
    redactor = Redactor(settings.keys())
    secrets = secrets_of(settings, redactor)
    servers = mcp_servers(settings, secrets, redactor)
    if stores:
        _make_folder(settings.database.parent)
    if stores or settings.database.exists():
        await asyncio.to_thread(secrets.open)
    try:
        await asyncio.to_thread(secrets.learn)
        servers.load()
        yield servers
    finally:
        await servers.close()
        secrets.close()


def _ledger(settings: Settings) -> Ledger | None:
    return None if settings.day_budget is None else Ledger(settings.database, settings.day_budget)


def tools_of(settings: Settings) -> ToolRegistry:
    """The built-in tools; what the operator has switched off is not among them."""
    registry = ToolRegistry()
    if settings.python_sandbox == "off":
        registry.unregister_tool("python_executor")
    return registry


def models_of(settings: Settings) -> Models:
    """The models that these settings give, without providers that are stored."""
    return Models(
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        offline_demo=settings.offline_demo,
        silence_s=settings.model_silence_s,
        max_concurrency=settings.model_concurrency,
        providers=settings.providers,
        find_ollama=settings.find_ollama,
    )


def _web_search(settings: Settings) -> WebSearch:
    return WebSearch(settings.search_providers, settings.searxng_url, settings.brave_api_key, settings.tavily_api_key)


class _SecretsOfOthers:
    """The stored secrets, for whoever stores nothing itself: opened when one is needed, and closed again."""

    def __init__(self, settings: Settings, redactor: Redactor) -> None:
        self._store = secrets_of(settings, redactor)
        self._one_by_one = threading.Lock()

    def get(self, name: str) -> str:
        with self._one_by_one:
            if not self._store.path.exists():
                return self._store.get(name)  # which says that there is none
            self._store.open()
            try:
                return self._store.get(name)
            finally:
                self._store.close()


def _current_folder(settings: Settings, redactor: Redactor) -> Workspaces:
    """For tools outside of stored runs: the current folder, without what Pointwork keeps in it."""
    database = settings.database
    files = [database.with_name(database.name + ending) for ending in ("", "-wal", "-shm")]
    return Workspaces(private=[settings.data_dir, *files], redactor=redactor)


@cache
def _outside() -> dict[type, object]:
    settings = Settings.from_environment()
    redactor = Redactor(settings.keys())
    sandbox = chosen(settings.python_sandbox, settings.data_dir)
    return {
        Sandbox: sandbox,
        Egress: Egress(settings.egress_allow),
        Workspaces: _current_folder(settings, redactor),
        WebSearch: _web_search(settings),
        Redactor: redactor,
        Secrets: _SecretsOfOthers(settings, redactor),
    }


def offer_outside() -> None:
    """Let tools that are called by their name, in a script or at the command line, find what they need."""
    outside.offer(lambda kind: _outside().get(kind))


class _Shared:
    def __init__(self, settings: Settings) -> None:
        self.app = App(settings)
        self.users = 0
        self.opening = asyncio.Lock()


_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, _Shared] = WeakKeyDictionary()


@asynccontextmanager
async def session() -> AsyncIterator[App]:
    """The application that the environment describes, for scripts: one per event loop, closed by who leaves last.

    It stores where a server would, so a server shows live what runs here; executions of others are left alone.
    """
    loop = asyncio.get_running_loop()
    shared = _shared.get(loop) or _shared.setdefault(loop, _Shared(Settings.from_environment()))
    shared.users += 1
    try:
        async with shared.opening:
            if shared.app.runtime.owner is None:
                await shared.app.open(adopt=False)
        yield shared.app
    finally:
        shared.users -= 1
        if not shared.users:
            _shared.pop(loop, None)
            await shared.app.close()


@asynccontextmanager
async def in_memory(settings: Settings | None = None, *, tools: ToolRegistry | None = None) -> AsyncIterator[Runtime]:
    """A runtime that stores nothing, for a script or a test."""
    settings = settings or Settings.from_environment()
    redactor = Redactor(settings.keys())
    secrets = _SecretsOfOthers(settings, redactor)
    models = models_of(settings)
    egress = Egress(settings.egress_allow)
    sandbox = chosen(settings.python_sandbox, settings.data_dir)
    resources: dict[type, object] = {
        Models: models,
        ToolRegistry: tools or tools_of(settings),
        Egress: egress,
        Workspaces: _current_folder(settings, redactor),
        WebSearch: _web_search(settings),
        Sandbox: sandbox,
        Redactor: redactor,
        Secrets: secrets,
        MemoryService: (memory := memory_of(settings, redactor)).service,
    }
    if (ledger := _ledger(settings)) is not None:
        resources[DayLedger] = ledger
    runtime = Runtime(
        journal=MemoryJournal(redactor=redactor),
        registry=builtin_registry(),
        resources=resources,
        secret=secrets.get,
        redactor=redactor,
    )
    try:
        yield runtime
    finally:
        await runtime.close()
        await sandbox.close()
        await egress.close()
        await models.close()
        await asyncio.to_thread(memory.close)
        if ledger is not None:
            ledger.close()


async def run(
    workflow: Workflow | JsonObject, inputs: JsonObject | None = None, *, tools: ToolRegistry | None = None
) -> JsonObject:
    """Run a workflow in memory, to its end or until it waits for somebody; returns the state of the execution.

    >>> flow = {"nodes": [{"id": "start", "type": "start"}, {"id": "end", "type": "end"}],
    ...         "edges": [{"source": "start", "target": "end"}]}
    >>> asyncio.run(run(flow, {"name": "Ada"}))["result"]
    {'name': 'Ada'}
    """
    async with in_memory(tools=tools) as runtime:
        execution_id = await runtime.start(Workflow.load(workflow), inputs or {})
        await runtime.finished(execution_id)
        return await runtime.state(execution_id, resolve=True)
