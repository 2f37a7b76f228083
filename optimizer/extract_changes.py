"""Orders of a plan beside the approved ones -> the changes, exactly (docs/decisions/0038)."""

from collections.abc import Iterable
from decimal import Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

from contracts.money import EXACT, to_cents
from optimizer.approved import approved_quantities, is_compared
from optimizer.model import Model
from optimizer.order_calendar import OrderPlace
from optimizer.order_values import SignedTerms, order_usd, signed_terms
from optimizer.plan import Order
from optimizer.plan_changes import OrderChange
from optimizer.plan_contracts import CommittedSpend, ProvisionedOrder
from optimizer.problem import Problem
from optimizer.solve_arrays import Compiled


def changes_of_orders(
    problem: Problem,
    orders: Iterable[Order],
    committed: Iterable[CommittedSpend],
    provisioned: Iterable[ProvisionedOrder],
) -> tuple[OrderChange, ...]:
    """Every order that was approved or is planned for all outlooks; none where nothing is compared."""
    if not is_compared(problem):
        return ()
    rows = [(row.contract, row.start, row.outlook, Decimal(row.nodes)) for row in orders]
    rows += [(row.contract, row.start, row.outlook, row.usd_per_hour) for row in committed]
    rows += [(row.contract, row.start, row.outlook, Decimal(row.units)) for row in provisioned]
    index = problem.scenario.horizon.index
    planned = {
        OrderPlace(contract, index(start)): quantity for contract, start, outlook, quantity in rows if outlook is None
    }
    terms = signed_terms(problem.scenario)
    return tuple(
        _change(problem, terms[place.contract], place, approved, planned.get(place, Decimal(0)))
        for place, approved in approved_quantities(problem).items()
        if approved or place in planned
    )


def with_true_changes(
    problem: Problem, model: Model, compiled: Compiled, changes: Iterable[OrderChange], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Solver values in which what is said to have changed has: a limit that is not reached leaves that open."""
    block = model.pyomo.stability
    if not (len(block.changed) or len(block.differs)):
        return values
    index = problem.scenario.horizon.index
    difference = {(row.contract, index(row.start)): float(abs(row.planned - row.approved)) for row in changes}
    true = {id(variable): difference.get(order, 0.0) for order, variable in block.changed.items()}
    true |= {id(variable): float(difference.get(order, 0.0) > 0) for order, variable in block.differs.items()}
    return np.array([true.get(id(v), x) for v, x in zip(compiled.columns, values, strict=True)])


def _change(
    problem: Problem, terms: SignedTerms, place: OrderPlace, approved: Decimal, planned: Decimal
) -> OrderChange:
    start = problem.months[place.start]
    with localcontext(EXACT):
        changed_usd = abs(planned - approved) * order_usd(terms, start)
        return OrderChange(
            contract=place.contract,
            start=start,
            approved=approved,
            planned=planned,
            changed_usd=to_cents(changed_usd),
        )
