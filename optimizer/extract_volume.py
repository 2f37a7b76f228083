"""Use and purchases under volume tiers -> windows, exactly as they are billed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.volume import TieredWindow, TierRule, VolumePriced
from optimizer.extract_usage import Values
from optimizer.model import Model
from optimizer.plan import QUANTITY_DECIMALS, Usage
from optimizer.plan_contracts import VolumeWindow
from optimizer.problem import Problem

HAIR = Decimal("1e-6")
"""What the solver's tolerances may put between what it buys and a threshold, or what is used, as a share."""


def volume_purchases(
    problem: Problem, model: Model, value: Values, usages: Iterable[Usage]
) -> tuple[VolumeWindow, ...]:
    """Every window in which something is bought, by contract, month and outlook."""
    if not problem.volume:
        return ()
    used: dict[tuple[str, Month, str], Decimal] = defaultdict(Decimal)
    for usage in usages:
        if usage.contract in problem.volume:
            hours = problem.hours[problem.scenario.horizon.index(usage.month), usage.block]
            used[usage.contract, usage.month, usage.outlook] += Decimal(repr(usage.nodes)) * hours
    return tuple(_windows(problem, model, value, used))


def _windows(
    problem: Problem, model: Model, value: Values, used: dict[tuple[str, Month, str], Decimal]
) -> Iterator[VolumeWindow]:
    for k, terms in problem.volume.items():
        for window in problem.scenario.volume_windows[k]:
            for s in problem.outlooks:
                spent = sum((used.get((k, month, s), Decimal(0)) for month in window.months), Decimal(0))
                bought = _bought(terms, window, spent, _of_solver(model, value, k, window, s))
                if bought:
                    yield VolumeWindow(
                        outlook=s,
                        contract=k,
                        first=window.first,
                        end=window.end,
                        used_node_hours=spent,
                        bought_node_hours=bought,
                    )


def _of_solver(model: Model, value: Values, contract: str, window: TieredWindow, outlook: str) -> Decimal:
    parts = model.pyomo.volume.part
    numbers = (str(i + 1) for i in range(len(window.tiers)))
    places = ((contract, str(window.first), number, outlook) for number in numbers)
    nodes = sum(value(parts[place]) for place in places if place in parts)
    bought = nodes * sum(month.hours for month in window.months)
    return Decimal(repr(round(bought, QUANTITY_DECIMALS)))


def _bought(terms: VolumePriced, window: TieredWindow, used: Decimal, bought: Decimal) -> Decimal:
    """What is used; for all units what the solver buys: a threshold, or what is used, where it is near."""
    if terms.tier_rule is TierRule.INCREMENTAL:
        return used
    hair = HAIR * max(Decimal(1), bought)
    for exact in (*(tier.from_node_hours for tier in window.tiers if tier.from_node_hours >= used), used):
        if abs(bought - exact) <= hair:
            return exact
    return max(bought, used)
