"""The tool `web_search`: titles, addresses and snippets from the search services that the operator chose."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from pointwork.egress import Egress
from pointwork.errors import PointworkError
from pointwork.tools.base import ToolContext, tool
from pointwork.tools.result import failure
from pointwork.tools.searching import WebSearch
from pointwork.workflow import JsonObject

__all__ = ["web_search"]

MAX_QUERY_CHARS: Final = 1_000


@tool(untrusted=True, timeout_s=60.0)
async def web_search(
    ctx: ToolContext,
    query: Annotated[str, Field(min_length=1, max_length=MAX_QUERY_CHARS)],
    num_results: Annotated[int, Field(ge=1, le=20)] = 5,
) -> dict[str, Any]:
    """Search the web. Returns titles, addresses and snippets; read a page itself with web_fetch.

    It reaches outside: the search service sees the query.

    Args:
        query: What to search for.
        num_results: How many results to return at most.
    """
    search, egress = ctx.resource(WebSearch), ctx.resource(Egress)
    failed: list[JsonObject] = []
    for name in search.order:
        try:
            results = await search.ask(name, egress, query, num_results)
        except PointworkError as error:
            failed.append({"provider": name, "reason": error.message})
            continue
        answer: JsonObject = {"query": query, "provider": name, "results": results}
        return {**answer, "failed": failed} if failed else answer
    reasons = " ".join(f"{one['provider']}: {one['reason']}" for one in failed)
    return failure(
        f"No search service could be used. {reasons}",
        hint="The operator chooses them by POINTWORK_SEARCH_PROVIDER, SEARXNG_URL, BRAVE_API_KEY and TAVILY_API_KEY.",
        query=query,
        failed=failed,
    )
