"""Stability: orders that differ from what was approved are limited in value and number, or cost something.

    count_what_is_added[k,u]:    changed[k,u]  >=  quantity[k,u] - approved[k,u]
    count_what_is_dropped[k,u]:  changed[k,u]  >=  approved[k,u] - quantity[k,u]
    keep_the_value[i]:           sum over k,u of order_usd[k,u] * changed[k,u]  <=  changed_usd_at_most
    tell_what_differs[k,u]:      changed[k,u]  <=  most[k,u] * differs[k,u]
    keep_the_count[i]:           sum over k,u of differs[k,u]  <=  changed_orders_at_most

    quantity[k,u]  =  lots, sizes or steps ordered of contract k from month u  *  what is in one

    changed_usd:  sum over k,u of order_usd[k,u] * changed[k,u]; of plans of the same cost that with the least is made

    charged:  changed[k,u] * order_usd[k,u] * price_per_changed_usd, in the first month; nobody bills it

Only orders that are decided before the outlook is known are compared. Where nothing was approved, changed[k,u] is the
quantity itself and needs neither variable nor row. The rows of changed[k,u] are divided by the units of a lot, that of
the value by the limit or by what the dearest lot is worth, whichever is more.

symbol            | V or P | explanation
changed[k,u]      | V      | nodes, units or dollars an hour of order (k,u) by which plan and approval differ
differs[k,u]      | V      | 1 if they do; exists only with a limit on their number
approved[k,u]     | P      | what was approved of them
order_usd[k,u]    | P      | value of one, as signed
most[k,u]         | P      | most by which they can differ
i                 | P      | the policy: there is one such rule
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyomo.environ as pyo

from contracts.terms.common import BillLine, Nature
from optimizer.approved import approved_quantities, is_compared
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear, scaled
from optimizer.order_calendar import ALL_FUTURES, OrderPlace
from optimizer.order_values import order_payee, order_usd, signed_terms
from optimizer.problem import Problem
from optimizer.supply import Supply

POLICY = "policy"
"""The index of rules of which there is one."""

SENTENCES = {
    "keep_the_value": "most value of orders changed against what was approved",
    "keep_the_count": "most orders changed against what was approved",
}


@dataclass(frozen=True)
class _Comparison:
    """One order, as it may be ordered and as it was approved."""

    place: OrderPlace
    approved: float
    usd: Decimal
    """Value of one."""
    quantity: tuple[Term, ...]
    most_ordered: float

    @cached_property
    def lot(self) -> float:
        """What one lot, size or step holds; of several the largest."""
        return max(amount for amount, _ in self.quantity)

    @property
    def most_changed(self) -> float:
        """The most by which plan and approval can differ."""
        return max(self.approved, self.most_ordered - self.approved)


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Compare every order with what was approved, hold the limits and charge the price."""
    stability = problem.scenario.policy.stability
    compared = _compared(problem, decide, supply) if is_compared(problem) else {}
    block.changed = pyo.Var([place for place, row in compared.items() if row.approved], domain=pyo.NonNegativeReals)
    _count(block, compared)
    block.changed_usd = pyo.Expression(expr=linear(_changed_usd(block, compared)))
    value = None if stability is None else stability.changed_usd_at_most
    count = None if stability is None else stability.changed_orders_at_most
    _keep_the_value(block, compared, value)
    _keep_the_count(block, compared, count)
    if stability is not None and stability.price_per_changed_usd:
        _charge(block, problem, ledger, compared, stability.price_per_changed_usd)


def _compared(problem: Problem, decide: Decisions, supply: Supply) -> dict[OrderPlace, _Comparison]:
    """Every order that is compared, by contract and start."""
    ordered, terms = _quantities(problem, decide, supply), signed_terms(problem.scenario)
    return {
        place: _Comparison(
            place=place,
            approved=float(approved),
            usd=order_usd(terms[place.contract], problem.months[place.start]),
            quantity=ordered[place].terms,
            most_ordered=ordered[place].most,
        )
        for place, approved in approved_quantities(problem).items()
    }


@dataclass(frozen=True)
class _Quantity:
    """What is ordered in one place, and the most that can be."""

    terms: tuple[Term, ...]
    most: float


def _quantities(problem: Problem, decide: Decisions, supply: Supply) -> dict[OrderPlace, _Quantity]:
    found: dict[OrderPlace, _Quantity] = {}
    for key in problem.calendar.keys:
        if key.future == ALL_FUTURES:
            found[OrderPlace(key.contract, key.start)] = _one(
                float(problem.ordered[key.contract].lot_nodes), decide.order_lots[key]
            )
    for key, (amount, steps) in supply.ordered.items():
        if key.future == ALL_FUTURES:
            found[OrderPlace(key.contract, key.start)] = _one(amount, steps)
    for size in problem.dated.keys:
        if size.future == ALL_FUTURES:
            start = problem.scenario.horizon.index(problem.dated.terms[size.contract].start)
            place = OrderPlace(size.contract, start)
            before = found.get(place, _Quantity((), 0.0))
            terms = (*before.terms, (float(size.nodes), decide.bought[size]))
            found[place] = _Quantity(terms, max(before.most, float(size.nodes)))
    return found


def _one(amount: float, variable: Any) -> _Quantity:
    return _Quantity(((amount, variable),), amount * float(variable.ub))


def _count(block: Any, compared: dict[OrderPlace, _Comparison]) -> None:
    def count_what_is_added(_: Any, k: str, u: int) -> Any:
        row = compared[OrderPlace(k, u)]
        terms = scaled(1.0 / row.lot, [*row.quantity, (-1.0, block.changed[k, u])])
        return linear(terms) <= row.approved / row.lot

    def count_what_is_dropped(_: Any, k: str, u: int) -> Any:
        row = compared[OrderPlace(k, u)]
        terms = scaled(1.0 / row.lot, [*row.quantity, (1.0, block.changed[k, u])])
        return linear(terms) >= row.approved / row.lot

    block.count_what_is_added = pyo.Constraint(list(block.changed), rule=count_what_is_added)
    block.count_what_is_dropped = pyo.Constraint(list(block.changed), rule=count_what_is_dropped)


def _changed(block: Any, row: _Comparison) -> tuple[Term, ...]:
    """By how much plan and approval differ: where nothing was approved, by all that is ordered."""
    return ((1.0, block.changed[row.place]),) if row.approved else row.quantity


def _changed_usd(block: Any, compared: dict[OrderPlace, _Comparison]) -> list[Term]:
    """Value of all that differs."""
    return [term for row in compared.values() for term in scaled(float(row.usd), _changed(block, row))]


def _keep_the_value(block: Any, compared: dict[OrderPlace, _Comparison], most_usd: Decimal | None) -> None:
    terms = _changed_usd(block, compared)

    def keep_the_value(_: Any, i: str) -> Any:
        assert most_usd is not None
        size = max(float(most_usd), *(float(row.usd) * row.lot for row in compared.values())) or 1.0
        return linear(scaled(1.0 / size, terms)) <= float(most_usd) / size

    has_rule = most_usd is not None and any(row.usd for row in compared.values())
    block.keep_the_value = pyo.Constraint([POLICY] if has_rule else [], rule=keep_the_value)


def _keep_the_count(block: Any, compared: dict[OrderPlace, _Comparison], most: int | None) -> None:
    block.differs = pyo.Var([] if most is None else list(compared), domain=pyo.Binary)

    def tell_what_differs(_: Any, k: str, u: int) -> Any:
        row = compared[OrderPlace(k, u)]
        terms = (*_changed(block, row), (-row.most_changed, block.differs[k, u]))
        return linear(scaled(1.0 / row.lot, terms)) <= 0.0

    def keep_the_count(_: Any, i: str) -> Any:
        assert most is not None
        return linear([(1.0, differs) for differs in block.differs.values()]) <= float(most)

    block.tell_what_differs = pyo.Constraint(list(block.differs), rule=tell_what_differs)
    block.keep_the_count = pyo.Constraint([POLICY] if len(block.differs) else [], rule=keep_the_count)


def _charge(
    block: Any, problem: Problem, ledger: Ledger, compared: dict[OrderPlace, _Comparison], price: Decimal
) -> None:
    first, terms = problem.scenario.horizon.first, signed_terms(problem.scenario)
    for place, row in compared.items():
        payee = order_payee(problem.scenario, terms[place.contract])
        for amount, variable in _changed(block, row) if row.usd else ():
            changed_usd = row.usd * Decimal(repr(amount))
            ledger.charge_bill(
                [BillLine(Nature.STABILITY_PRICE, first, first, first + 1, changed_usd, price)],
                offering=payee.offering,
                provider=payee.provider if payee.offering is None else None,
                variable=variable,
            )
