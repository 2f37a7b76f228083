"""Which inputs of two scenarios differ, by their paths in the notation of decision 0021.

For plans of unknown history: nobody has recorded what was changed, so the records themselves are compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from catalog.book import Catalog
from catalog.records import TEXT_LIMIT, Record
from scenarios.changes import ChangeMade
from scenarios.loading_tables import SPECS
from scenarios.scenario import Scenario

Row = Mapping[str, Any]


def differing_inputs(base: Scenario, variant: Scenario) -> tuple[ChangeMade, ...]:
    """What stands in each input that differs, in the order of the tables; load blocks follow from the hourly load."""
    return (*_settings(base, variant), *_tables(base, variant))


def _settings(base: Scenario, variant: Scenario) -> Iterator[ChangeMade]:
    for section in ("run", "policy"):
        before, after = (getattr(each, section).model_dump(mode="json") for each in (base, variant))
        yield from _cells(dict(_flat(section, before)), dict(_flat(section, after)))


def _tables(base: Scenario, variant: Scenario) -> Iterator[ChangeMade]:
    for name, spec in SPECS.items():
        before, after = (_rows(each, name, spec.key) for each in (base, variant))
        for key in sorted(before.keys() | after.keys()):
            path = f"{name}.{key}"
            if key not in before or key not in after:
                gone = key in before
                yield _made(path, _summary(before[key]) if gone else None, None if gone else _summary(after[key]))
                continue
            cells = ({f"{path}.{column}": text for column, text in row.items()} for row in (before[key], after[key]))
            yield from _cells(*cells)


def _rows(scenario: Scenario, table: str, key: Sequence[str]) -> dict[str, dict[str, str]]:
    """The rows of a table by the text of their key, their cells as text."""
    holder: Record = scenario.catalog if table in Catalog.model_fields else scenario
    records: Sequence[Record] = getattr(holder, table)
    rows = {}
    for record in records:
        cells = {column: _text(value) for column, value in record.model_dump(mode="json").items()}
        rows["/".join(cells[column] for column in key)] = cells
    return rows


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
