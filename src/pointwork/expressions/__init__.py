"""The expression language of conditions and loops, the templates of configurations, and the calculator.

Read in this order: `scan` (what may be written), `builder` and `readers` (how it is read), `values` and `operators`
(what it means), `functions` and `mathematics` (what can be called), `language` (the doors), `templates` (`{{ }}` and
secrets). Nothing here calls `eval`, looks up an attribute of a Python object or runs code that came with the data.
"""

from pointwork.expressions.functions import FUNCTIONS
from pointwork.expressions.language import Expression, calculate, compile_expression, evaluate
from pointwork.expressions.operators import numeric
from pointwork.expressions.templates import Template, compile_template, resolve_secrets
from pointwork.expressions.values import Namespace, describe

__all__ = [
    "FUNCTIONS",
    "Expression",
    "Namespace",
    "Template",
    "calculate",
    "compile_expression",
    "compile_template",
    "describe",
    "evaluate",
    "numeric",
    "resolve_secrets",
]
