"""A scenario with some inputs of another: what a group of changes makes of it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from catalog.book import Catalog
from catalog.loading import order_of
from catalog.records import Record
from optimizer.comparing.inputs_differ import SECTIONS, InputPlace, records_of, rows_of
from scenarios.aggregation import aggregate
from scenarios.blocks import BlockModel
from scenarios.loading_tables import SPECS
from scenarios.scenario import Scenario


def with_inputs_of(old: Scenario, new: Scenario, places: Sequence[InputPlace]) -> Scenario:
    """The old scenario with the rows and keys of some places as the new one has them."""
    update: dict[str, Any] = {}
    catalog: dict[str, Any] = {}
    for section in SECTIONS:
        keys = [place.key for place in places if place.table == section]
        if keys:
            source = getattr(new, section)
            update[section] = getattr(old, section).model_copy(update={key: getattr(source, key) for key in keys})
    for table in SPECS:
        keys = [place.key for place in places if place.table == table]
        if keys:
            rows = _mixed_rows(old, new, table, frozenset(keys))
            (catalog if table in Catalog.model_fields else update)[table] = rows
    if catalog:
        update["catalog"] = old.catalog.model_copy(update=catalog)
    mixed = old.model_copy(update=update)
    return mixed.model_copy(update={"blocks": _blocks(old, new, mixed)})


def _mixed_rows(old: Scenario, new: Scenario, table: str, keys: frozenset[str]) -> tuple[Record, ...]:
    """In the order of their keys, as tables are read."""
    kept = [record for key, record in _by_key(old, table) if key not in keys]
    taken = [record for key, record in _by_key(new, table) if key in keys]
    return tuple(sorted([*kept, *taken], key=partial(order_of, SPECS[table])))


def _by_key(scenario: Scenario, table: str) -> list[tuple[str, Record]]:
    """The rows of a table with the text of their key."""
    return list(zip(rows_of(scenario, table, SPECS[table].key), records_of(scenario, table), strict=True))


def _blocks(old: Scenario, new: Scenario, mixed: Scenario) -> BlockModel:
    """Load blocks follow from the hourly loads, the workloads and the number that is asked for."""
    for known in (old, new):
        if _made_from(mixed) == _made_from(known) or old.blocks == new.blocks:
            return known.blocks
    return aggregate(mixed.hourly_load, [row.workload for row in mixed.workloads], mixed.run.load_blocks)


def _made_from(scenario: Scenario) -> tuple[object, ...]:
    return scenario.hourly_load, tuple(row.workload for row in scenario.workloads), scenario.run.load_blocks
