"""Faults planted in the optimizer: one line of a function replaced, for as long as a test runs."""

import inspect
import textwrap
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

import pytest


def function_of(place: Any) -> FunctionType:
    """The plain function behind a function, a property or a cached property."""
    for attribute in ("fget", "func"):
        place = getattr(place, attribute, place)
    assert isinstance(place, FunctionType)
    return place


def with_fault(place: Any, old: str, new: str) -> CodeType:
    """The code of a function in which `old`, which must be there exactly once, reads `new`."""
    function = function_of(place)
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(old) == 1, f"{old!r} is {source.count(old)} times in {function.__qualname__}"
    definition = source[source.index("def ") :].replace(old, new)
    namespace: dict[str, Any] = {}
    exec(compile(f"from __future__ import annotations\n{definition}", function.__code__.co_filename, "exec"), namespace)
    mutant: Callable[..., Any] = namespace[function.__name__]
    return mutant.__code__


def plant(monkeypatch: pytest.MonkeyPatch, place: Any, old: str, new: str) -> None:
    """Replace the code of a function where it stands, so that whoever has imported it runs the fault, too."""
    code = with_fault(place, old, new)
    monkeypatch.setattr(function_of(place), "__code__", code)
