"""Rights: every course of every node, by note 0015 in bare numbers, against the optimizer.

One workload of a flat load, on demand beside one held contract and one reserved contract; node-b is what can be swapped
to, and serves as well as node-a. So a month costs what the nodes owe, and on demand for what they leave open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations_with_replacement, product
from math import ceil
from random import Random
from typing import Any

import pytest

from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests.builders import FIRST, a_held, a_reserved, a_scenario, an_on_demand, run_settings, two_clouds
from tests.proving import EXACT_USD, planned

FEW = range(14)
MANY = range(100, 160)
ORDER_DATE = date(2026, 12, 1)
SWAP_STOCK = 3


@dataclass(frozen=True)
class Rights:
    """Rights in bare numbers; None where there is no such right."""

    leave_after: int | None
    notice_days: int
    fee: Decimal
    swap_after: int | None
    swap_price: Decimal
    renewal: int | None
    times: int
    factor: Decimal
    renewal_notice: int
    by_itself: bool

    def fields(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.leave_after is not None:
            found |= {
                "terminable_after_months": self.leave_after,
                "termination_notice_days": self.notice_days,
                "termination_fee_share": float(self.fee),
            }
        if self.swap_after is not None:
            found |= {
                "swap_to": "node-b",
                "swap_after_months": self.swap_after,
                "swap_price_usd_per_node_hour": self.swap_price,
            }
        if self.renewal is not None:
            found |= {
                "renewal_months": self.renewal,
                "renewals_at_most": self.times,
                "renewal_price_factor": self.factor,
                "renewal_notice_days": self.renewal_notice,
                "auto_renews": self.by_itself,
            }
        return found


@dataclass(frozen=True)
class Contract:
    """Nodes from month `start` to `end` (indices; below 0 is the past)."""

    price: Decimal
    start: int
    end: int
    nodes: int
    rights: Rights
    is_held: bool


@dataclass(frozen=True)
class Case:
    """Months of load in nodes, and what there is to serve them."""

    load: tuple[float, ...]
    on_demand: Decimal
    held: Contract
    offer: Contract
    tail: Decimal

    @property
    def months(self) -> int:
        return len(self.load)

    def scenario(self) -> Scenario:
        held = a_held(
            nodes=self.held.nodes,
            price_usd_per_node_hour=self.held.price,
            start=FIRST + self.held.start,
            end=FIRST + self.held.end,
            **self.held.rights.fields(),
        )
        offer = a_reserved(
            price_usd_per_node_hour=self.offer.price,
            term_months=self.offer.end - self.offer.start,
            earliest_start=FIRST + self.offer.start,
            latest_start=FIRST + self.offer.start,
            maximum_order_nodes=self.offer.nodes,
            **self.offer.rights.fields(),
        )
        return a_scenario(
            run=run_settings(months=self.months, order_date=ORDER_DATE, beyond_horizon_weight=self.tail),
            catalog=two_clouds(node_b={"provider": "cloud-a", "stock_nodes": SWAP_STOCK}),
            contracts=(an_on_demand(price_usd_per_node_hour=self.on_demand), offer),
            held_contracts=(held,),
            demand=tuple(
                Demand(workload="chat", month=FIRST + t, accepted_requests_per_s=10 * n)
                for t, n in enumerate(self.load)
            ),
        )


def hours(t: int) -> int:
    return (FIRST + t).hours


def declared_in_time(month: int, days: int) -> bool:
    return (FIRST + month).first_day - timedelta(days=days) >= ORDER_DATE


@dataclass(frozen=True)
class Course:
    """What a node does: its own months, what it owes apart from them in dollars by month, and whether it is swapped."""

    leaves: int
    until: int
    fee_month: int | None = None
    swapped: bool = False


def courses(case: Case, contract: Contract) -> list[Course]:
    """The plain term (unless it renews by itself) and every right that can be had."""
    rights, first = contract.rights, 0 if contract.is_held else 1
    found = []
    past = rights.by_itself and not declared_in_time(contract.end, rights.renewal_notice)
    forced = past and rights.renewal is not None and 0 <= contract.end < case.months
    if not forced:
        found.append(Course(contract.end, contract.end))
    if rights.leave_after is not None:
        for e in range(max(first, contract.start + rights.leave_after), min(contract.end, case.months + 1)):
            if declared_in_time(e, rights.notice_days):
                found.append(Course(e, e, max(0, e - 1)))
    if rights.swap_after is not None:
        for e in range(max(first, contract.start + rights.swap_after), min(contract.end, case.months)):
            if declared_in_time(e, 0):
                found.append(Course(e, e, swapped=True))
    if rights.renewal is not None and 0 <= contract.end < case.months:
        for times in range(1, rights.times + 1):
            if forced or declared_in_time(contract.end, rights.renewal_notice):
                found.append(Course(contract.end, contract.end + times * rights.renewal))
    return found


@dataclass(frozen=True)
class Served:
    """Nodes by month of the horizon, dollars that count, and swapped nodes by month."""

    nodes: tuple[int, ...]
    swapped: tuple[int, ...]
    usd: Decimal


def taken(case: Case, contract: Contract, chosen: tuple[Course, ...]) -> Iterator[Served]:
    """What nodes on some courses give and cost, for every number of nodes that a swap could come to."""
    rights, months = contract.rights, case.months
    nodes, usd = [0] * months, Decimal(0)

    def owe(t: int, price: Decimal, count: int = 1) -> Decimal:
        if t < 0:
            return Decimal(0)
        return count * price * hours(t) * (1 if t < months else case.tail)

    swaps: dict[int, int] = {}
    for course in chosen:
        for t in range(contract.start, course.leaves):
            usd += owe(t, contract.price)
        for t in range(contract.end, course.until):
            usd += owe(t, contract.price * rights.factor)
        for t in range(max(0, contract.start), min(course.until, months)):
            nodes[t] += 1
        if course.fee_month is not None:
            usd += rights.fee * contract.price * sum(hours(t) for t in range(course.leaves, contract.end))
        if course.swapped:
            swaps[course.leaves] = swaps.get(course.leaves, 0) + 1
    choices = [
        [(e, n) for n in range(ceil(count * contract.price / rights.swap_price), SWAP_STOCK + 1)]
        for e, count in sorted(swaps.items())
    ]
    for picked in product(*choices):
        more, extra = [0] * months, Decimal(0)
        for e, n in picked:
            for t in range(e, contract.end):
                extra += owe(t, rights.swap_price, n)
                if t < months:
                    more[t] += n
        yield Served(tuple(nodes), tuple(more), usd + extra)


def cheapest(case: Case) -> Decimal:
    """The least cost over every course of every node that is held or could be ordered."""
    held = [
        served
        for chosen in combinations_with_replacement(courses(case, case.held), case.held.nodes)
        for served in taken(case, case.held, chosen)
    ]
    offered = [
        served
        for count in range(case.offer.nodes + 1)
        for chosen in combinations_with_replacement(courses(case, case.offer), count)
        for served in taken(case, case.offer, chosen)
    ]
    best = Decimal("Infinity")
    for one, other in product(held, offered):
        if any(a + b > SWAP_STOCK for a, b in zip(one.swapped, other.swapped, strict=True)):
            continue
        usd = one.usd + other.usd
        for t, load in enumerate(case.load):
            there = one.nodes[t] + other.nodes[t] + one.swapped[t] + other.swapped[t]
            usd += case.on_demand * hours(t) * max(Decimal(0), Decimal(str(load)) - there)
        best = min(best, usd)
    return best


def some_rights(draw: Random, term: int) -> Rights:
    return Rights(
        leave_after=draw.choice([None, 1, min(2, term - 1)]) if term > 1 else None,
        notice_days=draw.choice([0, 30, 45, 80]),
        fee=Decimal(draw.choice(["0", "0.1", "0.3", "0.6"])),
        swap_after=draw.choice([None, 1]) if term > 1 else None,
        swap_price=Decimal(draw.randint(30, 90)) / 10,
        renewal=draw.choice([None, 1, 2]),
        times=draw.choice([1, 2]),
        factor=Decimal(draw.choice(["0.9", "1", "1.2"])),
        renewal_notice=draw.choice([0, 30, 70, 130]),
        by_itself=False,
    )


def a_case(seed: int) -> Case:
    draw = Random(seed)
    months = draw.choice([3, 4])
    end, start = draw.randint(0, 5), draw.choice([-6, -2])
    rights = some_rights(draw, end - start)
    if end == 0 and rights.renewal is None:
        end = 2
    if rights.renewal is not None and draw.random() < 0.5:
        rights = Rights(**{**rights.__dict__, "by_itself": True})
    begins, term = draw.choice([0, 0, 1]), draw.randint(2, 4)
    return Case(
        load=tuple(draw.randint(0, 8) / 2 for _ in range(months)),
        on_demand=Decimal(draw.randint(80, 140)) / 10,
        held=Contract(Decimal(draw.randint(40, 60)) / 10, start, end, 2, rights, True),
        offer=Contract(Decimal(draw.randint(50, 80)) / 10, begins, begins + term, 2, some_rights(draw, term), False),
        tail=Decimal(draw.choice(["0", "0.5", "1"])),
    )


def agree(seed: int) -> None:
    case = a_case(seed)
    plan = planned(case.scenario())
    assert plan.incumbent_usd == pytest.approx(float(cheapest(case)), abs=EXACT_USD + 0.005 * len(plan.cost_lines))


@pytest.mark.parametrize("seed", FEW)
def test_no_course_of_any_node_is_cheaper_than_the_plan(seed: int) -> None:
    agree(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", MANY)
def test_no_course_of_any_node_is_cheaper_in_many_more_cases(seed: int) -> None:
    agree(seed)
