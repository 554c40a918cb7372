"""The `map` node: its body runs for every item of a list, several at a time. The engine does it."""

from __future__ import annotations

from typing import Literal

from pointwork.config import Config, ui
from pointwork.nodes.base import NodeType, node_type

__all__ = ["Map", "MapConfig"]


class MapConfig(Config):
    """Over what and how many at a time."""

    items_source: str | None = ui(None, help="The input that holds the list. Empty: the only list among the inputs.")
    concurrency: int = ui(10, ge=1, le=10_000, widget="number", help="How many items are worked on at a time.")
    on_item_error: Literal["fail", "null", "skip"] = ui(
        "fail",
        widget="select",
        help="When an item fails: fail as a whole, put null in its place, or leave it out of the results.",
    )
    max_items: int = ui(10_000, ge=1, le=1_000_000, advanced=True, help="A longer list is refused.")


@node_type(
    "map",
    title="Map",
    icon="layers",
    group="Loops",
    card="{concurrency} at a time of {items_source}",
    policy="map",
    example={"items_source": "topics", "concurrency": 5},
    takes="list",
    gives="json",
    output_types={"items": "list", "results": "list"},
    outputs={
        "items": "The list that was gone through.",
        "results": "The results, in the order of the items.",
        "total_iterations": "How many items there were.",
        "loop_type": "map.",
        "status": "completed.",
    },
)
class Map(NodeType[MapConfig]):
    """Run the nodes inside for every item of a list, several at a time, and collect the results in order.

    Nodes inside read the map by its id: `item` and `index`, and `items`. No item sees another; where one round needs
    the one before, use `loop`.
    """
