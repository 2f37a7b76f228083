"""By how much the price of a line moved in its outlook (docs/decisions/0008)."""

from __future__ import annotations

from decimal import Decimal

from contracts.terms.common import Nature
from optimizer.plan import CostLine
from reports.facts import Facts
from scenarios.outlooks import Effect

_EFFECT = {
    Nature.ON_DEMAND_USAGE: Effect.ON_DEMAND_PRICE,
    Nature.SPEND_COMMITMENT_COVERED: Effect.ON_DEMAND_PRICE,
    Nature.SPOT_USAGE: Effect.SPOT_PRICE,
}


def has_moved_prices(facts: Facts) -> bool:
    """Whether some price is different in some outlook."""
    return any(row.effect in _EFFECT.values() for row in facts.scenario.outlook_effects)


def can_move(row: CostLine) -> bool:
    """Whether the price of a line is that of a list, not one that was signed."""
    return row.nature in _EFFECT


def price_factor(facts: Facts, row: CostLine) -> Decimal | None:
    """The factor on what a node-hour of a line costs; None for lines whose price is signed."""
    effect = _EFFECT.get(row.nature)
    if effect is None or row.offering is None or row.outlook is None:
        return None
    names = facts.futures.offering_names[row.offering]
    return facts.futures.factor(effect, row.outlook, row.service_first, names)
