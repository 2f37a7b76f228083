"""Futures: what is different in each outlook, looked up by what it is on (docs/decisions/0008)."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property

from catalog.offerings import Offering
from contracts.calendar import Month
from scenarios.outlooks import Effect, OutlookEffect, Subject
from scenarios.scenario import Scenario

MILLIONTH = Decimal("0.000001")

Names = tuple[tuple[Subject, str], ...]
"""What a thing is called under each subject by which an effect may name it."""

EVERYTHING: tuple[Subject, str] = (Subject.ALL, "*")


@dataclass(frozen=True)
class Futures:
    """The effects of all outlooks."""

    scenario: Scenario

    @cached_property
    def _rows(self) -> dict[tuple[str, Effect], dict[tuple[Subject, str], list[OutlookEffect]]]:
        found: dict[tuple[str, Effect], dict[tuple[Subject, str], list[OutlookEffect]]] = {}
        for row in self.scenario.outlook_effects:
            by_subject = found.setdefault((row.outlook, row.effect), defaultdict(list))
            by_subject[row.of, row.name].append(row)
        for by_subject in found.values():
            for rows in by_subject.values():
                rows.sort(key=lambda row: row.first_month or self.scenario.horizon.first)
        return found

    def _values(self, effect: Effect, outlook: str, month: Month, names: Names) -> list[float]:
        """One value for each subject that applies: that of its latest row that has begun."""
        by_subject = self._rows.get((outlook, effect), {})
        first = self.scenario.horizon.first
        values = []
        for name in names:
            begun = [row.value for row in by_subject.get(name, ()) if (row.first_month or first) <= month]
            values.extend(begun[-1:])
        return values

    def factor(self, effect: Effect, outlook: str, month: Month, names: Names) -> Decimal:
        """The product of all values that apply, exactly as they are written; 1 without any."""
        product = Decimal(1)
        for value in self._values(effect, outlook, month, names):
            product *= Decimal(repr(value))
        return product

    def price(self, price_usd: Decimal, effect: Effect, outlook: str, month: Month, names: Names) -> Decimal:
        """A price in an outlook, to the millionth of a dollar; untouched where nothing applies."""
        if not self._values(effect, outlook, month, names):
            return price_usd
        moved = price_usd * self.factor(effect, outlook, month, names)
        return moved.quantize(MILLIONTH, rounding=ROUND_HALF_EVEN)

    def delay_months(self, outlook: str, month: Month, names: Names) -> int:
        """Months by which an order promised for the month is late: the largest that applies."""
        return int(max(self._values(Effect.DELIVERY_DELAY, outlook, month, names), default=0))

    def passes(self, migration: str, outlook: str) -> bool:
        """Whether a migration passes its gate: every row that applies must say so."""
        names: Names = (EVERYTHING, (Subject.MIGRATION, migration))
        return all(self._values(Effect.GATE, outlook, self.scenario.horizon.first, names))

    @cached_property
    def offering_names(self) -> dict[str, Names]:
        """What each offering is called."""
        return {row.offering: self._called(row) for row in self.scenario.catalog.offerings}

    def _called(self, row: Offering) -> Names:
        chip = self.scenario.catalog.accelerator_of(row)
        return (
            EVERYTHING,
            (Subject.PROVIDER, row.provider),
            (Subject.FAMILY, chip.family),
            (Subject.STACK, chip.stack),
            (Subject.OFFERING, row.offering),
        )
