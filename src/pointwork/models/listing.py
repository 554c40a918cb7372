"""The list of models for people: which can be used now, why the others cannot, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from pointwork.models.endpoint import Endpoint
from pointwork.models.live import Lists
from pointwork.workflow import JsonObject

__all__ = ["ModelInfo", "Offer", "listed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """One line of the list of models. `reason` says why it can be used, or why not and what to do."""

    name: str
    provider: str
    available: bool
    reason: str

    def to_dict(self) -> JsonObject:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A provider and the models that forms offer of it.

    `name` is what it is called, `kind` what it is shown as. `before` stands before the names of its models. Without an
    `endpoint` it is not set up, and `reason` says what to do. `found`: it need not be set up, but has to be there.
    """

    name: str
    kind: str
    before: str
    suggested: Sequence[str]
    reason: str
    endpoint: Endpoint | None = None
    found: bool = False


def listed(offers: Iterable[Offer], lists: Lists) -> Iterator[ModelInfo]:
    """The models that are offered, each once, and those that the providers themselves list."""
    seen: set[str] = set()
    for offer in offers:
        models, usable, reason = _state(offer, lists)
        for model in models:
            name = f"{offer.before}{model}"
            if name not in seen:
                seen.add(name)
                yield ModelInfo(name=name, provider=offer.kind, available=usable, reason=reason)


def _state(offer: Offer, lists: Lists) -> tuple[Iterable[str], bool, str]:
    if offer.endpoint is None:
        return offer.suggested, False, offer.reason
    check = lists.get(offer.name, offer.endpoint)
    asking = " It is being asked for its models." if lists.is_asking(offer.name) else ""
    if check is None:
        return offer.suggested, not offer.found, f"{offer.reason}{asking}"
    if not check.ok:
        return offer.suggested, False, f"{check.message}{' Start it to use its models.' if offer.found else ''}{asking}"
    if offer.found:
        return check.models, True, f"Found at {offer.endpoint.base_url}."
    return dict.fromkeys((*offer.suggested, *check.models)), True, offer.reason
