"""What is different in each outlook: factors, delays and gates, from the rows of effects."""

from collections import defaultdict
from decimal import ROUND_HALF_EVEN, Context, Decimal
from math import prod

from contracts.calendar import Month
from contracts.terms.on_demand import OnDemand
from contracts.terms.spot import Spot
from scenarios.outlooks import Effect, OutlookEffect, Subject
from scenarios.scenario import Scenario

MILLIONTH = Decimal("0.000001")
EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)

Subjects = tuple[tuple[Subject, str], ...]


class Effects:
    """The effects in force by outlook, subject and month."""

    def __init__(self, scenario: Scenario) -> None:
        rows: dict[tuple[str, Effect, Subject, str], list[OutlookEffect]] = defaultdict(list)
        for row in scenario.outlook_effects:
            rows[row.outlook, row.effect, row.of, row.name].append(row)
        self._rows = dict(rows)
        self._moved = {(outlook, effect) for outlook, effect, _, _ in rows}
        chips = {chip.accelerator: chip for chip in scenario.catalog.accelerators}
        self._subjects: dict[str, Subjects] = {
            node.offering: (
                (Subject.ALL, "*"),
                (Subject.PROVIDER, node.provider),
                (Subject.FAMILY, chips[node.accelerator].family),
                (Subject.STACK, chips[node.accelerator].stack),
                (Subject.OFFERING, node.offering),
            )
            for node in scenario.catalog.offerings
            if node.accelerator in chips
        }

    def demand(self, outlook: str, workload: str, month: Month) -> float:
        """Factor on the mean rate of a workload."""
        subjects = ((Subject.ALL, "*"), (Subject.WORKLOAD, workload))
        return prod(self._values(outlook, Effect.DEMAND, subjects, month))

    def goodput(self, outlook: str, offering: str, month: Month) -> float:
        """Factor on what a node carries: node-seconds are divided by it."""
        return prod(self._values(outlook, Effect.GOODPUT, self._subjects[offering], month))

    def spot_depth(self, outlook: str, offering: str, month: Month) -> float:
        """Factor on the depth of spot."""
        return prod(self._values(outlook, Effect.SPOT_DEPTH, self._subjects[offering], month))

    def delay(self, outlook: str, offering: str, promised: Month) -> int:
        """Months by which an order for service from the promised month is late: the largest that applies."""
        values = self._values(outlook, Effect.DELIVERY_DELAY, self._subjects[offering], promised)
        return int(max(values, default=0))

    def gate_passed(self, outlook: str, migration: str, month: Month) -> bool:
        """Whether the migration passes its eval gate; every row that applies must say so."""
        subjects = ((Subject.ALL, "*"), (Subject.MIGRATION, migration))
        return all(value == 1 for value in self._values(outlook, Effect.GATE, subjects, month))

    def price(self, terms: OnDemand | Spot, outlook: str, month: Month) -> Decimal:
        """Price of a node-hour: as typed, or times the factors that apply, half-even to the millionth."""
        effect = Effect.SPOT_PRICE if isinstance(terms, Spot) else Effect.ON_DEMAND_PRICE
        price = terms.price_usd_per_node_hour
        factors = self._values(outlook, effect, self._subjects[terms.offering], month)
        if not factors:
            return price
        for factor in factors:
            price = EXACT.multiply(price, Decimal(repr(factor)))
        return price.quantize(MILLIONTH, rounding=ROUND_HALF_EVEN, context=EXACT)

    def _values(self, outlook: str, effect: Effect, subjects: Subjects, month: Month) -> list[float]:
        """Of each subject the row that began last; a blank first month began before all others."""
        values: list[float] = []
        if (outlook, effect) not in self._moved:
            return values
        for of, name in subjects:
            begun = [
                row
                for row in self._rows.get((outlook, effect, of, name), ())
                if row.first_month is None or row.first_month <= month
            ]
            if begun:
                latest = max(begun, key=lambda row: (row.first_month is not None, row.first_month or month))
                values.append(latest.value)
        return values
