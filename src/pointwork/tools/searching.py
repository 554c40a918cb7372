"""Searching the web: which services there are, how each is asked, and what its answer looks like.

A provider is a function from a question to results. Which ones are asked, and in which order, is the operator's
choice; nothing is asked that is not in it. Addresses and keys are the operator's as well, so a private address of a
SearXNG may be reached by this tool, and by nothing else.
"""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, get_args
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import orjson

from pointwork.egress import Egress, EgressResponse, Target
from pointwork.errors import ConfigurationError, EgressFailed
from pointwork.tools.markup import Close, Open, Text, parts_of
from pointwork.workflow import JsonObject

__all__ = ["KEYLESS", "SearchProvider", "WebSearch"]

SearchProvider: TypeAlias = Literal["searxng", "brave", "tavily", "duckduckgo", "wikipedia"]
KEYLESS: Final[tuple[SearchProvider, ...]] = ("duckduckgo", "wikipedia")
KEYS: Final[Mapping[str, str]] = {"searxng": "SEARXNG_URL", "brave": "BRAVE_API_KEY", "tavily": "TAVILY_API_KEY"}
PLACES: Final[Mapping[str, str]] = {
    "brave": "https://api.search.brave.com",
    "tavily": "https://api.tavily.com",
    "duckduckgo": "https://html.duckduckgo.com",
    "wikipedia": "https://en.wikipedia.org",
}
MAX_SNIPPET_CHARS: Final = 1_000
TAGS: Final = re.compile(r"<[^>]{0,500}>")


@dataclass(frozen=True, slots=True)
class WebSearch:
    """Which providers are asked, in this order, and with what.

    `providers` empty: those that have an address or a key, then those that need none. `places` are the addresses of
    the services, for whoever has one of their own.
    """

    providers: tuple[SearchProvider, ...] = ()
    searxng_url: str | None = None
    brave_api_key: str | None = field(default=None, repr=False)
    tavily_api_key: str | None = field(default=None, repr=False)
    places: Mapping[str, str] = field(default_factory=lambda: dict(PLACES))

    @property
    def order(self) -> tuple[SearchProvider, ...]:
        """The providers that are asked, the first first."""
        if self.providers:
            return self.providers
        ready = tuple(name for name in get_args(SearchProvider) if name in KEYS and self._key(name))
        return (*ready, *KEYLESS)

    def _key(self, name: str) -> str | None:
        match name:
            case "searxng":
                return self.searxng_url
            case "brave":
                return self.brave_api_key
            case "tavily":
                return self.tavily_api_key
        return ""

    async def ask(self, name: SearchProvider, egress: Egress, query: str, number: int) -> list[JsonObject]:
        """What one provider finds, at most `number`; raises EgressFailed, EgressRefused or ConfigurationError."""
        key = self._key(name)
        if key is None:
            raise ConfigurationError(f"{KEYS[name]} is not set.", hint=f"Set {KEYS[name]}, or choose another provider.")
        place = (key if name == "searxng" else self.places[name]).rstrip("/")
        also = Target.read(place).origin

        async def send(path: str, *, method: str = "GET", body: Any = None, **headers: str) -> EgressResponse:
            sent = None if body is None else orjson.dumps(body)
            answer = await egress.request(
                method, place + path, headers={"accept": "application/json", **headers}, body=sent, also=also
            )
            if answer.status != 200:
                raise EgressFailed(_status(name, answer.status))
            return answer

        found = await ASK[name](send, query, number, key)
        return [result for result in found if result["url"].startswith(("http://", "https://"))][:number]


Send: TypeAlias = Callable[..., Awaitable[EgressResponse]]


async def _searxng(send: Send, query: str, number: int, key: str) -> list[JsonObject]:
    answer = _json(await send(f"/search?{urlencode({'q': query, 'format': 'json'})}"))
    return [_result(one, "content") for one in _list(answer, "results")[:number]]


async def _brave(send: Send, query: str, number: int, key: str) -> list[JsonObject]:
    path = f"/res/v1/web/search?{urlencode({'q': query[:400], 'count': number})}"
    answer = _json(await send(path, **{"x-subscription-token": key}))
    return [_result(one, "description") for one in _list(answer.get("web"), "results")]


async def _tavily(send: Send, query: str, number: int, key: str) -> list[JsonObject]:
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    body = {"query": query[:400], "max_results": number}
    return [
        _result(one, "content")
        for one in _list(_json(await send("/search", method="POST", body=body, **headers)), "results")
    ]


async def _wikipedia(send: Send, query: str, number: int, key: str) -> list[JsonObject]:
    asked = {"action": "query", "list": "search", "format": "json", "srsearch": query[:300], "srlimit": number}
    answer = await send(f"/w/api.php?{urlencode(asked)}")
    place = str(Target.read(answer.url).origin)
    found = _list(_json(answer).get("query"), "search")
    pages = [(one, str(one.get("title", ""))) for one in found]
    return [
        _result({**one, "url": f"{place}/wiki/{quote(title.replace(' ', '_'))}"}, "snippet")
        for one, title in pages
        if title
    ]


async def _duckduckgo(send: Send, query: str, number: int, key: str) -> list[JsonObject]:
    answer = await send(f"/html/?{urlencode({'q': query})}", accept="text/html")
    source = answer.body.decode("utf-8", "replace")
    found = _hits(source)
    if not found and "no-results" not in source:
        raise EgressFailed("duckduckgo answers with a page without results: it takes this for a robot.")
    return found


ASK: Final[Mapping[str, Callable[[Send, str, int, str], Awaitable[list[JsonObject]]]]] = {
    "searxng": _searxng,
    "brave": _brave,
    "tavily": _tavily,
    "duckduckgo": _duckduckgo,
    "wikipedia": _wikipedia,
}


def _status(name: str, status: int) -> str:
    reason = {
        401: "the key is not accepted",
        402: "the key has no requests left",
        403: "it does not allow answers as JSON" if name == "searxng" else "it refuses",
        429: "too many requests",
        202: "it takes this for a robot",
    }.get(status, "it has a problem" if status >= 500 else "it does not understand the question")
    return f"{name} answers with status {status}: {reason}."


def _json(answer: EgressResponse) -> JsonObject:
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise EgressFailed(f"{answer.url[:80]!r} does not answer with JSON.") from error
    if not isinstance(found, dict):
        raise EgressFailed(f"{answer.url[:80]!r} answers with JSON that holds no results.")
    return found


def _list(value: Any, key: str) -> list[JsonObject]:
    found = value.get(key) if isinstance(value, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _result(one: JsonObject, snippet: str) -> JsonObject:
    return {
        "title": _plain(one.get("title"))[:300],
        "url": str(one.get("url") or ""),
        "snippet": _plain(one.get(snippet))[:MAX_SNIPPET_CHARS],
    }


def _plain(value: Any) -> str:
    """A text of a service without the marks in which it shows the words that were searched."""
    return " ".join(html.unescape(TAGS.sub("", str(value or "")[:10_000])).split())


def _hits(source: str) -> list[JsonObject]:
    """The results on DuckDuckGo's page for browsers without scripts."""
    found: list[JsonObject] = []
    into: list[str] | None = None
    for part in parts_of(source):
        match part:
            case Open("a", attributes) if "result__a" in attributes.get("class", "").split():
                into = []
                found.append({"title": into, "url": _target(attributes.get("href", "")), "snippet": []})
            case Open(_, attributes) if found and "result__snippet" in attributes.get("class", "").split():
                into = found[-1]["snippet"]
            case Text(text) if into is not None:
                into.append(text)
            case Close("a" | "div" | "td"):
                into = None
            case _:
                pass
    hits = [{key: "".join(value) for key, value in one.items()} for one in found]
    return [_result(hit, "snippet") for hit in hits if "duckduckgo.com/y.js" not in hit["url"]]  # which is advertising


def _target(href: str) -> str:
    """Where a result leads: its address is wrapped in one that counts."""
    address = f"https:{href}" if href.startswith("//") else href
    try:
        wrapped = parse_qs(urlsplit(address).query).get("uddg")
    except ValueError:
        return ""
    return wrapped[0] if wrapped else address
