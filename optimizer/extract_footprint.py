"""Decisions of a plan -> what its nodes draw and emit in each month, and the index of its fleet (docs/decisions/0037).

    node_hours[o,t,s]  =  nodes that serve under commitments or are held * hours of t
                          + hours that capacity blocks serve * their nodes
                          + sum over b of nodes by the hour * hours[t,b]
    index[t,s]         =  sum over o of node_hours * list price * index[o]  /  sum over o of node_hours * list price
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from contracts.money import EXACT, exact
from contracts.terms.common import BillLine, Nature
from optimizer.extract import Extracted
from optimizer.footprint_figures import FootprintFigures
from optimizer.nodes_there import Place, standing_nodes
from optimizer.order_calendar import ALL_FUTURES
from optimizer.plan_footprint import FootprintMonth, SovereigntyMonth
from optimizer.problem import Problem

NINE_DECIMALS = Decimal("0.000000001")

NodeHours = dict[Place, Decimal]
"""By offering, month and outlook, to the last digit; only what is above 0."""


def footprint_months(problem: Problem, decided: Extracted) -> tuple[FootprintMonth, ...]:
    """Energy and emissions by outlook, month and offering; of offerings whose figures are known."""
    figures = FootprintFigures(problem.scenario)
    if not figures.has_energy:
        return ()
    with localcontext(EXACT):
        return tuple(
            FootprintMonth(
                outlook=place.outlook,
                month=problem.months[place.month],
                offering=place.offering,
                node_hours=_rounded(hours),
                energy_kwh=_rounded(hours * kwh),
                t_co2e=_rounded(hours * tonnes),
            )
            for place, hours in _in_order(node_hours(problem, decided))
            if (kwh := figures.kwh_per_node_hour(place.offering)) is not None
            and (tonnes := figures.t_per_node_hour(place.offering)) is not None
        )


def sovereignty_months(problem: Problem, decided: Extracted) -> tuple[SovereigntyMonth, ...]:
    """The index of every outlook and month, where anything is rated or asked for."""
    figures = FootprintFigures(problem.scenario)
    if not figures.has_index:
        return ()
    index = {o: figures.index(o) for o in problem.offering}
    capacity: dict[tuple[str, int], float] = defaultdict(float)
    weighed: dict[tuple[str, int], float] = defaultdict(float)
    for place, hours in _in_order(node_hours(problem, decided)):
        listed = float(hours * problem.offering[place.offering].list_price_usd_per_node_hour)
        capacity[place.outlook, place.month] += listed
        weighed[place.outlook, place.month] += listed * index[place.offering]
    return tuple(
        SovereigntyMonth(
            outlook=s,
            month=month,
            index=weighed[s, t] / capacity[s, t] if capacity.get((s, t)) else None,
        )
        for s in problem.outlooks
        for t, month in enumerate(problem.months)
    )


@dataclass(frozen=True, slots=True)
class CarbonBill:
    """What the policy counts for the emissions of an offering in a month of an outlook."""

    bill: BillLine
    offering: str
    outlook: str


def carbon_bills(problem: Problem, decided: Extracted) -> Iterator[CarbonBill]:
    """A line for every outlook, offering and month that emits; none without a price."""
    price = problem.scenario.policy.carbon_price_usd_per_t
    if not price:
        return
    for row in footprint_months(problem, decided):
        if row.t_co2e:
            bill = BillLine(Nature.CARBON_PRICE, row.month, row.month, row.month + 1, row.t_co2e, price)
            yield CarbonBill(bill, row.offering, row.outlook)


def node_hours(problem: Problem, decided: Extracted) -> NodeHours:
    """Node-hours held or used (docs/decisions/0005)."""
    found: NodeHours = defaultdict(Decimal)
    with localcontext(EXACT):
        for place, nodes in standing_nodes(problem, decided.orders, decided.rights).items():
            found[place] += nodes * problem.months[place.month].hours
        for order in decided.orders:
            if order.contract in problem.dated.terms:
                for t, _, hours in problem.dated.served(order.contract):
                    for s in problem.dated.outlooks_of(order.outlook or ALL_FUTURES):
                        found[Place(order.offering, t, s)] += order.nodes * hours
        for usage in decided.usages:
            if usage.order is None:
                t = problem.scenario.horizon.index(usage.month)
                hours = problem.hours[t, usage.block]
                found[Place(usage.offering, t, usage.outlook)] += exact(usage.nodes) * hours
    return {place: hours for place, hours in found.items() if _rounded(hours) > 0}


def _in_order(hours: NodeHours) -> list[tuple[Place, Decimal]]:
    return sorted(hours.items(), key=lambda row: (row[0].outlook, row[0].month, row[0].offering))


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(NINE_DECIMALS, rounding=ROUND_HALF_EVEN)
