"""Energy, emissions and index of a plan in one line of the screen."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from optimizer.plan import Plan

KWH_PER_MWH = 1000


def footprint_words(plan: Plan) -> str:
    """What the nodes draw and emit, expected over the outlooks, and the lowest index; blank where nothing is known."""
    return ", ".join((*_energy(plan), *_index(plan)))


def _energy(plan: Plan) -> Iterator[str]:
    if not plan.footprint:
        return
    weight = {row.outlook: Decimal(repr(row.probability)) for row in plan.scenario.outlooks}
    kwh = sum((weight[row.outlook] * row.energy_kwh for row in plan.footprint), Decimal(0))
    tonnes = sum((weight[row.outlook] * row.t_co2e for row in plan.footprint), Decimal(0))
    tokens = ", tokens bought not counted" if plan.api_placements else ""
    yield f"{amount(kwh / KWH_PER_MWH)} MWh, {amount(tonnes)} t CO2e (location-based, operation only{tokens})"


def _index(plan: Plan) -> Iterator[str]:
    found: dict[str, float] = defaultdict(lambda: 100.0)
    for row in plan.sovereignty:
        if row.index is not None:
            found[str(row.month)] = min(found[str(row.month)], row.index)
    if found:
        month = min(found, key=lambda each: (found[each], each))
        where = " in any outlook" if len(plan.scenario.outlooks) > 1 else ""
        yield f"sovereignty index at least {found[month]:.1f} (lowest in {month}{where})"


def amount(value: Decimal) -> str:
    """An amount with two decimals below ten, and none above.

    >>> amount(Decimal("0.4464")), amount(Decimal("1234.5"))
    ('0.45', '1,234')
    """
    return f"{value:,.2f}" if value < 10 else f"{value:,.0f}"
