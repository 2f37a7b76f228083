"""Use of take-or-pay orders held against their minimums, exactly, in every outlook (docs/decisions/0009)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import NamedTuple

from contracts.calendar import Month
from contracts.money import EXACT, exact
from contracts.terms.take_or_pay import Settlement, TakeOrPay, settle
from optimizer.extract import Extracted
from optimizer.nodes_there import order_key
from optimizer.plan import Order
from optimizer.plan_contracts import TakeOrPayWindow
from optimizer.problem import Problem

AGREED_SHARE = 1e-5
"""What the solver's tolerances may put between its settlement and the exact one, in node-hours of the order."""


class Settled(NamedTuple):
    """A window of an order in an outlook."""

    contract: str
    promised: str
    window: str
    outlook: str


@dataclass(frozen=True)
class SettledOrder:
    """One take-or-pay order in one outlook."""

    order: Order
    outlook: str
    terms: TakeOrPay
    start: Month
    """First month of service in the outlook."""
    used_node_hours: Mapping[Month, Decimal]
    settlements: tuple[Settlement, ...]


def settled_orders(problem: Problem, decided: Extracted) -> Iterator[SettledOrder]:
    """Every take-or-pay order in every outlook in which it is there, in the order of the plan."""
    used: dict[tuple[str, str], dict[Month, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for usage in decided.usages:
        if usage.order is not None:
            hours = problem.hours[problem.scenario.horizon.index(usage.month), usage.block]
            used[usage.order, usage.outlook][usage.month] += exact(usage.nodes) * hours
    for order in decided.orders:
        terms = problem.take_or_pay.get(order.contract)
        if terms is None:
            continue
        key = order_key(problem, order)
        lots = order.nodes // terms.lot_nodes
        for s in problem.calendar.outlooks_of(key):
            node_hours = used.get((order.order, s), {})
            start = problem.calendar.delivered(key, s)
            with localcontext(EXACT):
                settlements = settle(terms, lots, start, node_hours, problem.scenario.horizon)
            yield SettledOrder(order, s, terms, start, node_hours, settlements)


def settles_as_agreed(problem: Problem, decided: Extracted, paid: Mapping[Settled, float]) -> bool:
    """Whether the model settles every window as its terms say.

    `paid`: net node-hours (true-up less make-up) of the model by contract, promised month, window and outlook. A
    budget or a rising price can make it worth while to pay ahead; the model then pays in another window than agreed.
    """
    for row in settled_orders(problem, decided):
        for settlement in row.settlements:
            window = settlement.window
            place = Settled(row.order.contract, str(row.order.start), str(window.first), row.outlook)
            agreed = float((settlement.true_up - settlement.made_up) / row.terms.units_in(row.start, row.start))
            node_hours = row.order.nodes * sum(month.hours for month in window.months)
            if abs(paid.get(place, 0.0) - agreed) > AGREED_SHARE * node_hours:
                return False
    return True


def sides(problem: Problem, decided: Extracted) -> frozenset[tuple[str, ...]]:
    """Places of the 0/1 columns that are 1 where every window is settled as agreed (optimizer/families/take_or_pay.py).

    `above`: windows in which use and what was carried into them reach the minimum. `all_of`: for each of these, what
    its make-up is all of.
    """
    places: set[tuple[str, ...]] = set()
    for row in settled_orders(problem, decided):
        for settlement in (each for each in row.settlements if not each.true_up):
            place = Settled(row.order.contract, str(row.order.start), str(settlement.window.first), row.outlook)
            places |= {place, (*place[:3], _all_of(settlement), place.outlook)}
    return frozenset(places)


def _all_of(settlement: Settlement) -> str:
    """What a make-up is all of: the bank before it, the excess of the window, or its use."""
    excess = settlement.used + settlement.carried_in - settlement.minimum
    of = {"bank": settlement.bank_out + settlement.made_up, "excess": excess, "used": settlement.used}
    return min(of, key=lambda name: of[name])


def settled_windows(problem: Problem, decided: Extracted) -> tuple[TakeOrPayWindow, ...]:
    """Every window of every take-or-pay order, as published."""
    return tuple(
        TakeOrPayWindow(
            outlook=row.outlook,
            order=row.order.order,
            contract=row.order.contract,
            first=settlement.window.first,
            end=settlement.window.end,
            unit=row.terms.unit,
            minimum=settlement.minimum,
            used=settlement.used,
            carried_in=settlement.carried_in,
            true_up=settlement.true_up,
            made_up=settlement.made_up,
            carried_out=settlement.carried_out,
            bank_out=settlement.bank_out,
        )
        for row in settled_orders(problem, decided)
        for settlement in row.settlements
    )
