"""The `router` node: named cases, the first that holds is the way on."""

from __future__ import annotations

from pydantic import field_validator

from pointwork.config import Config, Expression, ui
from pointwork.errors import ExpressionError
from pointwork.expressions import compile_expression
from pointwork.nodes.base import NodeContext, NodeType, Out, node_type
from pointwork.workflow import JsonObject

__all__ = ["Router", "RouterCase", "RouterConfig"]

RESERVED = frozenset({"else", "error", "*"})  # ports that mean something else already


class RouterCase(Config):
    """One way out."""

    name: str = ui(min_length=1, max_length=200, help="What the way out is called.")
    when: Expression = ui(
        widget="expression", placeholder="output.score >= 8", help="When to go this way: a formula over the inputs."
    )


class RouterConfig(Config):
    """The ways out, in the order in which they are tried."""

    cases: list[RouterCase] = ui([], widget="json", help="The first case that holds is taken; if none holds, else.")

    @field_validator("cases")
    @classmethod
    def _names_are_ports(cls, cases: list[RouterCase]) -> list[RouterCase]:
        names = [case.name for case in cases]
        for index, name in enumerate(names):
            if name in RESERVED:
                raise ValueError(f"a case cannot be called {name!r}")
            if name in names[:index]:
                raise ValueError(f"two cases are called {name!r}")
        return cases


@node_type(
    "router",
    title="Router",
    icon="split",
    group="Logic",
    card="Go by the first case that holds",
    ports=("else",),
    ports_from=("cases", "name"),
    effects=False,
    transparent=True,
    example={"cases": [{"name": "long", "when": "len(output) > 200"}, {"name": "short", "when": "len(output) < 20"}]},
    outputs={"branch": "The name of the case, or else.", "case": "Its place in the list, from 0; null for else."},
)
class Router(NodeType[RouterConfig]):
    """Go on by the first of several named cases, each with a formula; if none holds, by `else`.

    The formulas read the inputs of the router by name, and `nodes`, `vars`, `inputs`, `item`, `index`, `previous`.
    The nodes that follow receive what the router received.
    """

    async def run(self, ctx: NodeContext, config: RouterConfig, inputs: JsonObject) -> Out:
        names = {**ctx.names, **inputs}
        for index, case in enumerate(config.cases):
            try:
                holds = compile_expression(case.when).evaluate(names)
            except ExpressionError as error:
                place = f"Case {case.name!r} of router {ctx.activation.node!r}"
                raise ExpressionError(f"{place}: {error.message}", hint=error.hint) from error
            if holds:
                return Out({"branch": case.name, "case": index}, ports=(case.name,))
        return Out({"branch": "else", "case": None}, ports=("else",))
