"""The description of the API. What FastAPI cannot see is added here: documents that are taken as they come, the union
of commands under its own name, and the messages of the live stream.
"""

from __future__ import annotations

import re
from typing import Any, Final

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from pointwork.commands import ControlInput
from pointwork.server.problems import MEDIA_TYPE
from pointwork.server.schemas import StreamMessage
from pointwork.workflow import Workflow

__all__ = ["describe"]

REF: Final = "#/components/schemas/{model}"
NAMED: Final[dict[str, Any]] = {"Workflow": Workflow, "ControlInput": ControlInput, "StreamMessage": StreamMessage}
# Two classes may have one name; these are the names for the outside.
RENAMED: Final = {"pointwork__commands__Retry": "RetryNow", "pointwork__workflow__Retry": "Retry"}


def describe(server: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made when it is first asked for."""
    if server.openapi_schema is None:
        document = get_openapi(
            title=server.title,
            version=server.version,
            description=server.description,
            routes=server.routes,
            separate_input_output_schemas=False,
        )
        document = _rename(document)
        schemas = document["components"]["schemas"]
        for name, kind in NAMED.items():
            schema = TypeAdapter(kind).json_schema(ref_template=REF)
            for inner, definition in schema.pop("$defs", {}).items():
                schemas.setdefault("RetryNow" if name == "ControlInput" and inner == "Retry" else inner, definition)
            schemas[name] = schema
        if schemas["ControlInput"].get("discriminator"):
            _point_at_retry_now(schemas["ControlInput"])
        for operations in document["paths"].values():
            for operation in operations.values():
                _say_what_errors_are(operation["responses"])
        commands = document["paths"]["/api/executions/{execution_id}/commands"]["post"]
        commands["requestBody"]["content"]["application/json"]["schema"] = {"$ref": REF.format(model="ControlInput")}
        document["components"]["schemas"] = dict(sorted(schemas.items()))
        server.openapi_schema = document
    return server.openapi_schema


def _say_what_errors_are(responses: dict[str, Any]) -> None:
    for status in ("4XX", "5XX"):
        if status in responses:
            responses[status]["content"] = {MEDIA_TYPE: responses[status]["content"]["application/json"]}


def _rename(document: dict[str, Any]) -> dict[str, Any]:
    text = orjson.dumps(document).decode()
    for old, new in RENAMED.items():
        text = re.sub(rf'(?<=["/]){old}(?=")', new, text)
    return orjson.loads(text)


def _point_at_retry_now(union: dict[str, Any]) -> None:
    right = REF.format(model="RetryNow")
    wrong = REF.format(model="Retry")
    union["discriminator"]["mapping"] = {
        key: right if value == wrong else value for key, value in union["discriminator"]["mapping"].items()
    }
    union["oneOf"] = [{"$ref": right} if option == {"$ref": wrong} else option for option in union["oneOf"]]
