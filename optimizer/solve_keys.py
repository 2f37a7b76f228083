"""Which variables and rows are the same thing in different months, told by their names."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import MonthKeys

_NAMED_MONTH = re.compile(r"\d{4}-\d{2}")
"""Rows over a window of one month carry its name, not its number."""

_Name = tuple[Any, ...]
"""The component, by its identity (its name takes long to spell), and the index apart from the month."""


def month_keys(columns: Iterable[Any], rows: Iterable[Any]) -> MonthKeys:
    """Groups and months of Pyomo variables (those by month, block and outlook only), and groups of rows."""
    named = [_by_block(variable) for variable in columns]
    return MonthKeys(
        column_group=_numbers([name for name, _ in named]),
        column_month=np.array([month for _, month in named], dtype=np.int32),
        row_group=_numbers([_without_month(row) for row in rows]),
    )


def name_of(each: Any) -> tuple[str, Any]:
    """The name of a Pyomo variable or row, the same in every model that has it; `each.name` takes long to spell."""
    component = each.parent_component()
    return f"{component.parent_block().name}.{component.local_name}", each.index()


def names_digest(columns: Iterable[Any], rows: Iterable[Any]) -> bytes:
    """A digest of the names of Pyomo variables and rows, in their order."""
    spelt: dict[int, str] = {}

    def name(each: Any) -> str:
        component = each.parent_component()
        if id(component) not in spelt:
            spelt[id(component)] = component.name
        return f"{spelt[id(component)]}{each.index()!r}"

    digest = hashlib.sha256()
    for named in (columns, rows):
        digest.update("\n".join(map(name, named)).encode())
        digest.update(b"\n\n")
    return digest.digest()


def _by_block(variable: Any) -> tuple[_Name | None, int]:
    index = variable.index()
    if not isinstance(index, tuple) or len(index) < 4 or not isinstance(index[-3], int):
        return None, -1
    return (id(variable.parent_component()), *index[:-3], *index[-2:]), index[-3]


def _without_month(row: Any) -> _Name | None:
    """The month is the only number of the index, or, where there is no number, the only named month.

    A row of an order by month has both: the month in which the order starts is part of what the row is about.
    """
    index = row.index()
    parts = index if isinstance(index, tuple) else (index,)
    months = [place for place, part in enumerate(parts) if isinstance(part, int)]
    if not months:
        named = [isinstance(part, str) and _NAMED_MONTH.fullmatch(part) is not None for part in parts]
        months = [place for place, is_month in enumerate(named) if is_month]
    if len(months) != 1:
        return None
    return (id(row.parent_component()), *parts[: months[0]], *parts[months[0] + 1 :])


def _numbers(names: list[_Name | None]) -> NDArray[np.int32]:
    """A number for every name in order of appearance; -1 for none."""
    known: dict[_Name, int] = {}
    return np.array([-1 if name is None else known.setdefault(name, len(known)) for name in names], dtype=np.int32)
