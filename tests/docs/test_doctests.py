"""The examples in the docstrings of the package do what they show."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import pointwork

MODULES = sorted(
    found.name
    for found in pkgutil.walk_packages(pointwork.__path__, "pointwork.")
    if not any(part.startswith("_") for part in found.name.split("."))
)


def examples_of(name: str) -> int:
    found = doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name))
    return sum(len(test.examples) for test in found)


EXAMPLES = {name: examples_of(name) for name in ["pointwork", *MODULES]}
WITH_EXAMPLES = sorted(name for name, number in EXAMPLES.items() if number)


def test_there_are_examples_all_over_the_package() -> None:
    assert {"pointwork.engine.scheduler", "pointwork.wiring", "pointwork.workflow"} <= set(WITH_EXAMPLES)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_in_docstrings(name: str) -> None:
    outcome = doctest.testmod(importlib.import_module(name), raise_on_error=False, verbose=False)
    assert outcome.attempted == EXAMPLES[name]
    assert outcome.failed == 0, f"see the output above: {outcome.failed} of {outcome.attempted} examples"
