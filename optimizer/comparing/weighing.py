"""Cost lines as parts of the totals, each part in whole cents, so that the parts add up to the total exactly."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from contracts.money import Payment, to_cents
from contracts.terms.common import Nature
from optimizer.plan import CostLine, Plan

Part = TypeVar("Part")


def objective_parts(plan: Plan, part_of: Callable[[CostLine], Part]) -> dict[Part, Decimal]:
    """What each part adds to the objective, in whole cents that add up to it."""
    valuation, weights = plan.scenario.valuation, chances(plan)
    exact: dict[Part, Decimal] = defaultdict(Decimal)
    for line in plan.cost_lines:
        exact[part_of(line)] += weights[line.outlook] * valuation.objective_usd(payment_of(line))
    return in_cents(exact, plan.totals.objective_usd)


def effective_parts(plan: Plan, part_of: Callable[[CostLine], Part]) -> dict[Part, Decimal]:
    """What each part adds to the effective cost of the horizon, in whole cents that add up to it."""
    valuation, weights = plan.scenario.valuation, chances(plan)
    exact: dict[Part, Decimal] = defaultdict(Decimal)
    for line in plan.cost_lines:
        if line.nature.is_cash:
            share = valuation.horizon_share(payment_of(line))
            exact[part_of(line)] += weights[line.outlook] * line.amount_usd * share
    return in_cents(exact, plan.totals.effective_usd)


def shortfall_mtok(plan: Plan) -> Decimal:
    """Expected accepted output tokens that are asked for and not served, in millions."""
    weights = chances(plan)
    missed = (line for line in plan.cost_lines if line.nature is Nature.SHORTFALL_PENALTY)
    expected = sum((line.quantity * weights[line.outlook] for line in missed), Decimal(0))
    return expected.quantize(Decimal("0.000001"))


def chances(plan: Plan) -> dict[str | None, Decimal]:
    """Probability of each outlook; what is decided before the outlook is known is certain."""
    return {None: Decimal(1)} | {row.outlook: Decimal(repr(row.probability)) for row in plan.scenario.outlooks}


def in_cents(exact: Mapping[Part, Decimal], total_usd: Decimal) -> dict[Part, Decimal]:
    """Amounts in whole cents, each at most a cent off, that add up to a total of which they are the exact parts.

    >>> in_cents({"a": Decimal("0.004"), "b": Decimal("0.004"), "c": Decimal("0.004")}, Decimal("0.01"))
    {'a': Decimal('0.00'), 'b': Decimal('0.01'), 'c': Decimal('0.00')}
    """
    parts: dict[Part, Decimal] = {}
    running, given = Decimal(0), Decimal(0)
    for number, (part, amount) in enumerate(exact.items(), start=1):
        running += amount
        reached = total_usd if number == len(exact) else to_cents(running)
        parts[part], given = reached - given, reached
    return parts


def payment_of(line: CostLine) -> Payment:
    """The line as a payment for the service it buys."""
    return Payment(line.amount_usd, line.paid_month, line.service_first, line.service_end)
