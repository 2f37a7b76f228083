"""Small fleet questions in bare numbers, and their cheapest answer over every integer order vector, one by one.

One workload and one type of node, ten requests/s each, so that what the orders leave open is filled
hour by hour: cheapest spot or on demand first. That is exact, because nothing couples the blocks but the orders.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import inf

from hypothesis import strategies as st

from contracts.terms.reserved import Reserved, Upfront
from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests.builders import (
    FIRST,
    a_held,
    a_reserved,
    a_scenario,
    a_spot,
    a_workload,
    an_offering,
    an_on_demand,
    day_and_night,
    run_settings,
    ten_requests_a_node,
)

MTOK_OF_A_NODE_HOUR = 3.6
"""Ten requests/s of 100 output tokens for an hour."""
MOST_NODES = 4


@dataclass(frozen=True)
class Contract:
    """A reserved contract as drawn, with bare numbers beside the record."""

    price: Decimal
    term: int
    upfront: Decimal
    lot: int
    minimum: int
    maximum: int | None
    every: int
    latest: int

    def terms(self, name: str) -> Reserved:
        kind = {Decimal(0): Upfront.NONE, Decimal(1): Upfront.ALL}.get(self.upfront, Upfront.PARTIAL)
        return a_reserved(
            name,
            price_usd_per_node_hour=self.price,
            term_months=self.term,
            upfront=kind,
            upfront_share=float(self.upfront),
            lot_nodes=self.lot,
            minimum_order_nodes=self.minimum,
            maximum_order_nodes=self.maximum,
            start_every_months=self.every,
            latest_start=FIRST + self.latest,
        )

    def sizes(self, stock: int) -> list[int]:
        """0, and every order that its terms allow."""
        most = stock if self.maximum is None else min(stock, self.maximum)
        return [n for n in range(most + 1) if n == 0 or (n % self.lot == 0 and n >= self.minimum)]


@dataclass(frozen=True)
class Case:
    """A small fleet question in bare numbers."""

    months: int
    nodes_day: tuple[float, ...]
    nodes_night: tuple[float, ...]
    contracts: tuple[Contract, ...]
    held: int
    on_demand: Decimal
    quota: int
    spot: Decimal | None
    depth: int
    stock: int
    penalty: Decimal
    limit: float
    rate: Decimal
    tail: Decimal

    def scenario(self) -> Scenario:
        hourly = [an_on_demand(price_usd_per_node_hour=self.on_demand)]
        if self.spot is not None:
            hourly.append(a_spot(price_usd_per_node_hour=self.spot, spot_depth_nodes=self.depth))  # type: ignore[arg-type]
        mean = [(d + n) / 2 for d, n in zip(self.nodes_day, self.nodes_night, strict=True)]
        return a_scenario(
            run=run_settings(
                months=self.months, discount_rate_per_year=self.rate, beyond_horizon_weight=self.tail
            ),
            catalog=ten_requests_a_node(
                offerings=(an_offering(stock_nodes=self.stock, quota_nodes=self.quota),)
            ),
            contracts=(*hourly, *(c.terms(f"res-{i}") for i, c in enumerate(self.contracts))),
            held_contracts=(a_held(nodes=self.held, end=FIRST + 1),) if self.held else (),
            workloads=(
                a_workload(
                    shortfall_price_usd_per_mtok=self.penalty / Decimal(str(MTOK_OF_A_NODE_HOUR)),
                    shortfall_limit_share=self.limit,
                ),
            ),
            demand=tuple(
                Demand(workload="chat", month=FIRST + t, accepted_requests_per_s=10 * nodes)
                for t, nodes in enumerate(mean)
            ),
            blocks=day_and_night("chat", day=self.nodes_day[0], night=self.nodes_night[0]),
        )


def hours_of(t: int) -> int:
    return (FIRST + t).hours


def discount(case: Case, t: int) -> float:
    return float(1 + case.rate) ** (-t / 12)


def order_cost(case: Case, contract: Contract, start: int) -> float:
    """One node from a start: each payment counts with the part of its hours inside the horizon, and the tail."""
    fee_hours = sum(hours_of(start + i) for i in range(contract.term))
    inside = sum(hours_of(t) for t in range(start, min(start + contract.term, case.months)))
    share = inside / fee_hours
    cost = (
        float(contract.price * contract.upfront)
        * fee_hours
        * (share + float(case.tail) * (1 - share))
        * discount(case, start)
    )
    for t in range(start, start + contract.term):
        weight = 1.0 if t < case.months else float(case.tail)
        cost += float(contract.price * (1 - contract.upfront)) * hours_of(t) * weight * discount(case, t)
    return cost


def remainder_cost(case: Case, t: int, needed: float, nodes: int) -> float:
    """The cheapest way to fill one hour beyond `nodes` under contract; infinite where there is none."""
    left = max(0.0, needed - nodes)
    ways = [(float(case.on_demand), float(case.quota)), (float(case.penalty), case.limit * needed)]
    if case.spot is not None:
        ways.append((float(case.spot), float(case.depth)))
    cost = 0.0
    for price, most in sorted(ways):
        used = min(left, most)
        cost += price * used
        left -= used
    return cost * discount(case, t) if left <= 1e-9 else inf


def order_vectors(case: Case) -> Iterator[dict[tuple[int, int], int]]:
    places = [
        (k, t)
        for k, contract in enumerate(case.contracts)
        for t in range(case.months)
        if t % contract.every == 0 and t <= contract.latest
    ]
    for sizes in product(*(case.contracts[k].sizes(case.stock) for k, _ in places)):
        yield dict(zip(places, sizes, strict=True))


def cheapest(case: Case) -> float:
    """The least objective over all order vectors, by enumeration."""
    held_usd = sum(5.0 * case.held * hours_of(t) for t in range(1) if case.held)
    costs = {(k, t): order_cost(case, c, t) for k, c in enumerate(case.contracts) for t in range(case.months)}
    filled: dict[tuple[int, int], float] = {}

    def month_cost(t: int, nodes: int) -> float:
        if (t, nodes) not in filled:
            halves = [(case.nodes_day[t], hours_of(t) / 2), (case.nodes_night[t], hours_of(t) / 2)]
            filled[t, nodes] = sum(h * remainder_cost(case, t, needed, nodes) for needed, h in halves if needed)
        return filled[t, nodes]

    best = inf
    for orders in order_vectors(case):
        active = [
            sum(n for (k, u), n in orders.items() if u <= t < u + case.contracts[k].term) for t in range(case.months)
        ]
        if max(active) > case.stock:
            continue
        total = sum(costs[place] * n for place, n in orders.items())
        for t, nodes in enumerate(active):
            total += month_cost(t, nodes + (case.held if t == 0 else 0))
        best = min(best, total)
    return best + held_usd


def prices(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low * 100, high * 100).map(lambda cents: Decimal(cents) / 100)


@st.composite
def contracts_to_sign(draw: st.DrawFn, months: int) -> Contract:
    lot = draw(st.sampled_from([1, 1, 2]))
    minimum = draw(st.sampled_from([0, 0, 2, 3]))
    return Contract(
        price=draw(prices(3, 9)),
        term=draw(st.integers(1, months + 1)),
        upfront=draw(st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1)])),
        lot=lot,
        minimum=minimum,
        maximum=draw(st.sampled_from([None, 3])),
        every=draw(st.sampled_from([1, 1, 2])),
        latest=draw(st.integers(0, months - 1)),
    )


@st.composite
def cases(draw: st.DrawFn, most_contracts: int = 2, most_months: int = 3) -> Case:
    months = draw(st.integers(2, most_months))
    load = st.integers(0, 12).map(lambda quarters: quarters / 4)
    day, night = draw(load) + 0.5, draw(load)
    growth = [1.0, *(draw(st.sampled_from([0.5, 1.0, 1.5])) for _ in range(months - 1))]
    peak = max(day, night) * max(growth)
    contracts = draw(st.lists(contracts_to_sign(months), min_size=1, max_size=most_contracts))
    return Case(
        months=months,
        nodes_day=tuple(day * g for g in growth),
        nodes_night=tuple(night * g for g in growth),
        contracts=tuple(contracts),
        held=draw(st.sampled_from([0, 0, 1])),
        on_demand=draw(prices(6, 14)),
        quota=int(peak) + draw(st.sampled_from([0, 1])),
        spot=draw(st.none() | prices(2, 9)),
        depth=draw(st.integers(0, 2)),
        stock=draw(st.integers(1, MOST_NODES)),
        penalty=draw(prices(5, 20)),
        limit=draw(st.sampled_from([0.0, 0.25])),
        rate=draw(st.sampled_from([Decimal(0), Decimal("0.12")])),
        tail=draw(st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1)])),
    )
