"""The node type `http`: one request to an HTTP service, through the same guard as the tools of agents.

Secrets may stand in address, headers and body. So nothing of these is logged, put into a step or repeated in an
error: what is shown of an address is the part before its query.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pointwork.config import Config, SecretTemplate, ui
from pointwork.errors import EgressFailed, RequestRejected
from pointwork.nodes.base import NodeContext, NodeType, node_type
from pointwork.workflow import JsonObject

__all__ = ["Http", "HttpConfig"]

SAFE: Final = frozenset({"GET", "HEAD"})  # methods that may simply be sent again
AGAIN: Final = frozenset({408, 425, 429})  # what a server says when the same request may do later
PREVIEW_CHARS: Final = 300


class HttpConfig(Config):
    """What the request looks like, and how much of the answer is wanted."""

    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = ui(
        "GET", widget="select", help="What to do; only GET and HEAD are repeated after a crash."
    )
    url: SecretTemplate = ui(
        "", widget="text", placeholder="https://…", title="URL", help="The full address; it may hold {{ }}."
    )
    headers: dict[str, SecretTemplate] = ui(
        {}, widget="key-value", help="For example Authorization: Bearer {{secret.SERVICE_KEY}}."
    )
    body: SecretTemplate | dict[str, Any] | list[Any] | None = ui(
        None,
        widget="json",
        when={"method": ["POST", "PUT", "PATCH", "DELETE"]},
        help="What is sent: text as it is, an object or a list as JSON.",
    )
    fail_on_status: bool = ui(True, help="Whether a status of 400 or more fails the node.", advanced=True)
    timeout_s: float = ui(30.0, gt=0, le=300, help="Seconds for the whole request, redirects included.", advanced=True)
    max_bytes: int = ui(1 << 20, ge=1, le=8 << 20, help="How much of the answer is read.", advanced=True)


@node_type(
    "http",
    title="HTTP request",
    icon="globe",
    group="Actions",
    gives="json",
    card="{method} {url}",
    example={"method": "GET", "url": "https://example.org/api/items?id={{ item }}"},
    outputs={
        "status": "The number that the server answers with.",
        "headers": "The headers of the answer; names are in lower case.",
        "body": "A JSON answer as data, text as text, null for anything else.",
        "url": "Where the answer came from, without the query.",
        "truncated": "Whether the answer was longer than max_bytes.",
    },
)
class Http(NodeType[HttpConfig]):
    """Call an HTTP service and hand on status, headers and body.

    Only public servers are reached, and those that the operator lists. A status of 400 or more fails the node, so
    retries and error edges work. A request other than GET is not repeated after a crash without asking.
    """

    async def run(self, ctx: NodeContext, config: HttpConfig, inputs: JsonObject) -> Any:
        # The engine starts without what only requests need.
        from pointwork.egress import Egress
        from pointwork.tools.http_request import described, encoded

        egress = ctx.resource(Egress)
        body, headers = encoded(config.body, config.headers)

        async def call() -> JsonObject:
            answer = await egress.request(
                config.method,
                config.url,
                headers=headers,
                body=body,
                max_bytes=config.max_bytes,
                timeout_s=config.timeout_s,
            )
            found = described(answer)
            found["url"] = answer.url.partition("?")[0]
            if answer.status >= 400 and config.fail_on_status:
                raise _failure(answer.status, found)
            return found

        data = {"method": config.method, "untrusted": True}
        safe = config.method in SAFE
        return await ctx.step("request", call, kind="other", data=data, idempotent=safe, effects=not safe)


def _failure(status: int, found: JsonObject) -> EgressFailed | RequestRejected:
    text = str(found["body"] or "")[:PREVIEW_CHARS]
    message = f"{found['url'][:120]!r} answers with status {status}" + (f": {text}" if text else ".")
    return EgressFailed(message) if status >= 500 or status in AGAIN else RequestRejected(message)
