"""Which inputs of two scenarios differ, by their paths in the notation of decision 0021.

For plans of unknown history: nobody has recorded what was changed, so the records themselves are compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from catalog.book import Catalog
from catalog.records import TEXT_LIMIT, Record
from scenarios.changes import ChangeMade
from scenarios.loading_tables import SPECS
from scenarios.scenario import Scenario

Row = Mapping[str, Any]


SECTIONS = ("run", "policy")
"""Parts of scenario.yaml that a plan depends on."""


class InputPlace(NamedTuple):
    """A row of a table, or a key of a section of scenario.yaml."""

    table: str
    """A table, or a section of scenario.yaml."""
    key: str


def differing_inputs(base: Scenario, variant: Scenario) -> tuple[ChangeMade, ...]:
    """What stands in each input that differs, in the order of the tables; load blocks follow from the hourly load."""
    return tuple(chain.from_iterable(differing_places(base, variant).values()))


def differing_places(base: Scenario, variant: Scenario) -> dict[InputPlace, tuple[ChangeMade, ...]]:
    """The same by rows of tables, and by keys of scenario.yaml."""
    found: dict[InputPlace, tuple[ChangeMade, ...]] = {}
    for place, made in (*_settings(base, variant), *_tables(base, variant)):
        found[place] = (*found.get(place, ()), *made)
    return found


def _settings(base: Scenario, variant: Scenario) -> Iterator[tuple[InputPlace, tuple[ChangeMade, ...]]]:
    for section in SECTIONS:
        before, after = (getattr(each, section).model_dump(mode="json") for each in (base, variant))
        for key in before:
            path = f"{section}.{key}"
            made = tuple(_cells(dict(_flat(path, before[key])), dict(_flat(path, after[key]))))
            if made:
                yield InputPlace(section, key), made


def _tables(base: Scenario, variant: Scenario) -> Iterator[tuple[InputPlace, tuple[ChangeMade, ...]]]:
    for name, spec in SPECS.items():
        before, after = (rows_of(each, name, spec.key) for each in (base, variant))
        for key in sorted(before.keys() | after.keys()):
            made = tuple(_of_row(f"{name}.{key}", before.get(key), after.get(key)))
            if made:
                yield InputPlace(name, key), made


def _of_row(path: str, before: Row | None, after: Row | None) -> Iterator[ChangeMade]:
    if before is None or after is None:
        summaries = (None if row is None else _summary(row) for row in (before, after))
        yield _made(path, *summaries)
        return
    yield from _cells(*({f"{path}.{column}": text for column, text in row.items()} for row in (before, after)))


def rows_of(scenario: Scenario, table: str, key: Sequence[str]) -> dict[str, dict[str, str]]:
    """The rows of a table by the text of their key, their cells as text."""
    rows = {}
    for record in records_of(scenario, table):
        cells = {column: _text(value) for column, value in record.model_dump(mode="json").items()}
        rows["/".join(cells[column] for column in key)] = cells
    return rows


def records_of(scenario: Scenario, table: str) -> Sequence[Record]:
    """The rows of a table."""
    holder: Record = scenario.catalog if table in Catalog.model_fields else scenario
    records: Sequence[Record] = getattr(holder, table)
    return records


def _cells(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[ChangeMade]:
    for path in dict.fromkeys([*before, *after]):
        if before.get(path) != after.get(path):
            yield _made(path, before.get(path), after.get(path))


def _made(path: str, before: str | None, after: str | None) -> ChangeMade:
    return ChangeMade(path=_short(path), before=None if before is None else _short(before), after=_short_or_none(after))


def _short_or_none(text: str | None) -> str | None:
    return None if text is None else _short(text)


def _short(text: str) -> str:
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 3] + "..."


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every value of a tree by its path: policy.contingencies[0].floor_share."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(f"{path}.{name}", inner)
    elif isinstance(value, list) and any(isinstance(inner, Mapping) for inner in value):
        for number, inner in enumerate(value):
            yield from _flat(f"{path}[{number}]", inner)
    else:
        yield path, _text(value)


def _summary(row: Row) -> str:
    """A whole row in one line: its cells that are not blank."""
    return ", ".join(f"{column} {text}" for column, text in row.items() if text)


def _text(value: Any) -> str:
    """A value as it would be typed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ";".join(map(_text, value)) if isinstance(value, list) else str(value)
