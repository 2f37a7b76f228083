"""Seen without solving: demand above all that could be there in its month."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from contracts.calendar import Month
from optimizer.diagnosing.checks.citing import row_cited
from optimizer.diagnosing.checks.serving import HAIR, in_outlook, mix
from optimizer.diagnosing.records import SeenBefore
from optimizer.problem import ClassKey, Problem
from optimizer.split_routes import splits_of


class _Moment(NamedTuple):
    """A class in the month, block and outlook in which the most of it cannot be carried."""

    month: int
    block: str
    outlook: str
    rate: float
    """Accepted tok/s asked."""
    carried: float
    """Accepted tok/s that everything there could carry of this class alone."""


def too_much(problem: Problem) -> Iterator[SeenBefore]:
    """Demand of one class above what all nodes that could be there would serve of it."""
    by_split = splits_of(problem)
    nodes = _Nodes(problem)
    for key in problem.classes:
        if by_split[key]:
            continue  # what two offerings carry together is the model's to find out
        offerings = sorted({pool.offering for pool in problem.pools_of[key]})
        if not offerings and not problem.token_offers.apis_of[key]:
            continue  # told already: nothing may serve it
        worst = max(_moments(problem, key, offerings, nodes), key=lambda at: at.rate - at.carried, default=None)
        if worst is None:
            continue
        share = mix(problem, key)
        droppable = min(1.0, problem.workload[key.workload].shortfall_limit_share / share)
        if worst.rate * (1 - droppable) > worst.carried * (1 + HAIR):
            yield _told(problem, key, worst, nodes.earliest_of(offerings, worst))


def _told(problem: Problem, key: ClassKey, at: _Moment, earliest: Month | None) -> SeenBefore:
    month = problem.months[at.month]
    share = mix(problem, key)
    late = f". New orders can be there from {earliest} on" if earliest is not None and earliest > month else ""
    more = "more stock or quota" if not late else "more quota, a shorter lead time"
    return SeenBefore(
        check="too_much",
        words=(
            f"demand of class {key.size_class} of workload {key.workload} in {month},"
            f" block {at.block}{in_outlook(problem, at.outlook)} is {at.rate:,.0f} accepted tok/s; stock, quota, spot"
            f" depth, held contracts and rate limits of all that may serve it carry {at.carried:,.0f}{late}"
        ),
        mend=(
            f"{more}, at most {at.carried / at.rate:.1%} of the demand, or a shortfall limit of at least"
            f" {share * (1 - at.carried / at.rate):.1%}"
        ),
        inputs=(
            row_cited("demand", key.workload, month),
            row_cited("workloads", key.workload, column="shortfall_limit_share"),
        ),
    )


def _moments(problem: Problem, key: ClassKey, offerings: list[str], nodes: "_Nodes") -> Iterator[_Moment]:
    for (of, t, b, s), rate in problem.tok_per_s.items():
        if of == key:
            carried = sum(
                nodes.most(o, t, s) * problem.goodput_factor[o, t, s] / problem.least_node_seconds(key, o)
                for o in offerings
            )
            carried += sum(most_by_the_token(problem, key, api) for api in problem.token_offers.apis_of[key])
            yield _Moment(t, b, s, rate, carried)


class _Nodes:
    """The most nodes of an offering that could be there in a month and outlook."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._earliest = _earliest_service(problem)
        self.most = cache(self._most)

    def _most(self, offering: str, t: int, s: str) -> float:
        problem, month = self._problem, self._problem.months[t]
        held = sum(
            h.nodes
            for h in problem.held.values()
            if h.offering == offering and h.start <= month and (month < h.end or h.renewal_months is not None)
        )
        earliest = self._earliest.get((offering, s))
        signed = (earliest is not None and t >= earliest) or offering in problem.swapped_to or _in_block(
            problem, offering, t
        )
        by_the_hour = (*problem.on_demand.values(), *problem.volume.values())
        rented = any(terms.offering == offering for terms in by_the_hour)
        return (
            held
            + (problem.stock_nodes(offering) if signed else 0)
            + (problem.quota_nodes(offering) if rented else 0)
            + sum(problem.spot_depth_nodes(k, t, s) for k, row in problem.spot.items() if row.offering == offering)
        )

    def earliest_of(self, offerings: list[str], at: _Moment) -> Month | None:
        """The first month in which an order of any of them could be there; None where none can be ordered."""
        known = [self._earliest[o, at.outlook] for o in offerings if (o, at.outlook) in self._earliest]
        return self._problem.scenario.horizon.first + min(known) if known else None


def _earliest_service(problem: Problem) -> dict[tuple[str, str], int]:
    """By offering and outlook: the first month (index) in which nodes of a new order could serve."""
    first: dict[tuple[str, str], int] = {}
    for key in problem.calendar.keys:
        for s in problem.calendar.outlooks_of(key):
            place = (problem.ordered[key.contract].offering, s)
            served = key.start + problem.calendar.delay(key, s)
            first[place] = min(served, first.get(place, served))
    return first


def _in_block(problem: Problem, offering: str, t: int) -> bool:
    """Whether a capacity block of the offering touches a month."""
    return any(
        terms.offering == offering and any(month == t for month, _, _ in problem.dated.served(k))
        for k, terms in problem.dated.terms.items()
    )


def most_by_the_token(problem: Problem, key: ClassKey, api: str) -> float:
    """Accepted tok/s of a class that an API offer and all units for it could carry together."""
    offers = problem.token_offers
    offer, gross = offers.offer[api], offers.gross[key]
    sent, uncached, output = float(gross.input), float(gross.uncached_input), float(gross.output)
    paid_by_token = min(offer.input_tok_per_s_limit / sent, offer.output_tok_per_s_limit / output)
    by_units = (
        len(offers.orders.starts[k])
        * terms.maximum_units
        / (uncached / terms.input_tok_per_s_per_unit + output / terms.output_tok_per_s_per_unit)
        for k, terms in offers.provisioned.items()
        if terms.api == api
    )
    return paid_by_token + sum(by_units)
