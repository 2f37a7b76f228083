"""The lines of migrations: engineering in equal parts, and upkeep from the gate to the end of the horizon."""

from collections.abc import Iterator
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.audit.deliveries import outlooks_of
from optimizer.audit.due import Due, cents
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import Statements
from optimizer.plan import MigrationStart
from scenarios.migrations import Migration

PAYEE = "in-house"


def migration_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """All lines of all migrations that are begun."""
    for row in stated.migrations:
        migration = inputs.migrations[row.migration]
        yield from _engineering(migration, row)
        yield from _upkeep(inputs, migration, row)


def _engineering(migration: Migration, row: MigrationStart) -> Iterator[Due]:
    """Equal parts in whole cents, the last with the rest, whether the gate will be passed or not."""
    nature = Nature.MIGRATION_CAPITALISED if migration.capitalised else Nature.MIGRATION_ENGINEERING
    count = migration.engineering_months
    part = cents(migration.engineering_usd / count)
    amounts = [part] * (count - 1) + [migration.engineering_usd - part * (count - 1)]
    for months, amount in enumerate(amounts):
        yield _line(nature, row.outlook, row.migration, row.start + months, amount)


def _upkeep(inputs: Inputs, migration: Migration, row: MigrationStart) -> Iterator[Due]:
    gate = row.start + migration.lead_months
    for month in inputs.months:
        if month >= gate and migration.upkeep_usd_per_month:
            for outlook in _where_it_passes(inputs, row, month):
                yield _line(Nature.MIGRATION_UPKEEP, outlook, row.migration, month, migration.upkeep_usd_per_month)


def _where_it_passes(inputs: Inputs, row: MigrationStart, month: Month) -> tuple[str | None, ...]:
    """None when the start is for all outlooks and all pass; else each outlook that passes."""
    outlooks = outlooks_of(inputs, row.outlook)
    passing = tuple(name for name in outlooks if inputs.effects.gate_passed(name, row.migration, month))
    return (None,) if row.outlook is None and passing == outlooks else passing


def _line(nature: Nature, outlook: str | None, migration: str, month: Month, amount: Decimal) -> Due:
    return Due(
        nature=nature,
        outlook=outlook,
        payee=PAYEE,
        offering=None,
        source=migration,
        order=None,
        paid=month,
        service_first=month,
        service_end=month + 1,
        quantity=Decimal(1),
        unit="month",
        unit_price=amount,
    )
