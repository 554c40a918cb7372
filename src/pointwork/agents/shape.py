"""An answer as data: what a model is told about the shape, and whether what it wrote has it."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

import jsonschema_rs
import orjson

from pointwork.errors import ConfigurationError
from pointwork.workflow import JsonObject

__all__ = ["Shape"]

FENCED = re.compile(r"\A\s*```(?:json)?\s*\n(.*)\n\s*```\s*\Z", re.DOTALL | re.IGNORECASE)
MAX_TOLD, MAX_FAULT_CHARS = 3, 200


class Shape:
    """A JSON Schema that an answer has to fit.

    >>> Shape({"type": "object", "required": ["mood"]}).read('{"mood": "good"}')
    ('', {'mood': 'good'})
    """

    def __init__(self, schema: JsonObject) -> None:
        try:
            self._validator = jsonschema_rs.validator_for(
                schema, offline=True, pattern_options=jsonschema_rs.RegexOptions()
            )
        except (jsonschema_rs.ValidationError, ValueError) as error:
            reason = str(error).partition("\n")[0]
            raise ConfigurationError(
                f"The output schema is not a JSON Schema: {reason}", hint="Mend output_schema of the agent."
            ) from error
        self.instruction = (
            "Answer with one JSON value and nothing else, without explanation or code fence. It must fit this JSON "
            f"Schema: {orjson.dumps(schema).decode()}"
        )

    def read(self, text: str) -> tuple[str, Any]:
        """What is wrong with an answer (nothing: empty), and the value."""
        fenced = FENCED.match(text)
        try:
            value = orjson.loads(fenced[1] if fenced else text)
        except orjson.JSONDecodeError as error:
            return f"it is not JSON ({error}).", None
        faults = [self._told(error) for error in islice(self._validator.iter_errors(value), MAX_TOLD)]
        return "; ".join(faults), value

    @staticmethod
    def _told(error: Any) -> str:
        where = "/".join(map(str, error.instance_path))
        return f"{where or 'the value'}: {error.message}"[:MAX_FAULT_CHARS] + "."
