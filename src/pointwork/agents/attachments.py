"""Files that a model looks at: which inputs of an agent name some, and their contents when the model is asked.

What is stored of a conversation has the names only. The contents are read from the workspace of the run for each call,
so a file has to stay there as long as the agent works.
"""

from __future__ import annotations

import asyncio
import base64
import mimetypes
from collections.abc import Iterator, Sequence
from typing import Any, Final, cast

from pointwork.agents.context import AgentContext
from pointwork.errors import FileRefused, InputMissing, TypeMismatch
from pointwork.files import Workspace, Workspaces
from pointwork.models import Message, UserMessage
from pointwork.models.messages import Attachment
from pointwork.workflow import JsonObject

__all__ = ["attachments", "filled"]

MAX_FILE_BYTES: Final = 20 << 20  # more than providers take in one piece
MAX_FILES: Final = 20
UNKNOWN: Final = "application/octet-stream"


def attachments(names: Sequence[str], inputs: JsonObject) -> list[Attachment]:
    """The files that these inputs name; raises InputMissing and TypeMismatch.

    An input names a file by its name in the workspace, or as an upload or a tool gives it, or several in a list.

    >>> attachments(["photo"], {"photo": {"$file": "0f…", "name": "cat.png", "bytes": 9}, "place": "a park"})
    [{'name': 'cat.png', 'media_type': 'image/png'}]
    """
    found: list[Attachment] = []
    for name in names:
        if name not in inputs:
            raise InputMissing(
                f"There is no input {name!r} to attach.", hint="Map a file to it, or take it out of attach."
            )
        found += [
            Attachment(name=file, media_type=mimetypes.guess_type(file)[0] or UNKNOWN)
            for file in _names(name, inputs[name])
        ]
    if len(found) > MAX_FILES:
        raise TypeMismatch(f"{len(found)} files are attached; {MAX_FILES} are the limit.", hint="Attach fewer.")
    return found


def _names(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from _names(name, one)
        return
    if isinstance(value, dict):
        fields = cast("JsonObject", value)
        value = fields.get("name", fields.get("file_path"))
    if not isinstance(value, str) or not value:
        raise TypeMismatch(
            f"The input {name!r} is to be attached and names no file.",
            hint="It has to be a name in the workspace of the run, an uploaded file, or a list of those.",
        )
    yield value


async def filled(ctx: AgentContext, messages: Sequence[Message]) -> list[Message]:
    """The messages with the contents of their files; raises TypeMismatch for a file that cannot be read."""
    if not any(message["role"] == "user" and message.get("files") for message in messages):
        return list(messages)
    workspace = ctx.resource(Workspaces).of(ctx.execution_id)
    return await asyncio.to_thread(_read, workspace, messages)


def _read(workspace: Workspace, messages: Sequence[Message]) -> list[Message]:
    return [_whole(workspace, message) for message in messages]


def _whole(workspace: Workspace, message: Message) -> Message:
    if message["role"] != "user" or "files" not in message:
        return message
    files = [_content(workspace, file) for file in message["files"]]
    return UserMessage(role="user", content=message["content"], files=files)


def _content(workspace: Workspace, file: Attachment) -> Attachment:
    try:
        data = workspace.read(file["name"], max_bytes=MAX_FILE_BYTES)
    except FileRefused as error:
        raise TypeMismatch(f"A file cannot be shown to the model: {error.message}", hint=error.hint) from error
    return Attachment(name=file["name"], media_type=file["media_type"], data=base64.b64encode(data).decode())
