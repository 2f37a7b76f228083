"""How many nodes simple rules reserve, and when: ladders of orders on what all on demand would use.

    used[o,t,b,s]   on-demand nodes that the all-on-demand answer uses, above what is held
    peak            ceil(largest used[o,t,b,s]) over months, blocks and outlooks
    floor           floor(smallest used[o,t,b,s])
    recommended     number of nodes n with  utilisation[o,n] >= price of the contract / on-demand price
    utilisation[o,n] = expected sum over b of hours[0,b] / hours of month 0 * part of the n-th node in used[o,0,b,s]

The recommender looks back at one month; the first of the horizon stands for it.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, floor

from contracts.terms.reserved import Reserved
from optimizer.baselines.answering import Start
from optimizer.extract import Extracted
from optimizer.problem import Problem

HAIR_NODES = 1e-6
"""What the solver leaves on a whole number of nodes."""
HAIR_SHARE = 1e-9


@dataclass(frozen=True)
class Used:
    """On-demand nodes by offering, month index, block and outlook; nothing where nothing is used."""

    problem: Problem
    nodes: Mapping[tuple[str, int, str, str], float]

    @property
    def offerings(self) -> tuple[str, ...]:
        """Offerings that are used at all, sorted."""
        return tuple(sorted({o for o, _, _, _ in self.nodes}))

    def peak(self, offering: str) -> int:
        """Nodes that are enough in every hour."""
        return ceil(max(self._all_hours(offering)) - HAIR_NODES)

    def floor(self, offering: str) -> int:
        """Nodes that are never idle."""
        return floor(min(self._all_hours(offering)) + HAIR_NODES)

    def utilisation(self, offering: str) -> list[float]:
        """Share of the hours of the first month in which the first, second, ... node would be used."""
        problem = self.problem
        month_hours = problem.months[0].hours
        most = ceil(max(self.nodes.get((offering, 0, b, s), 0.0) for b in problem.blocks for s in problem.outlooks))
        return [
            sum(
                problem.probability[s]
                * problem.hours[0, b]
                / month_hours
                * min(1.0, max(0.0, self.nodes.get((offering, 0, b, s), 0.0) - (n - 1)))
                for b in problem.blocks
                for s in problem.outlooks
            )
            for n in range(1, most + 1)
        ]

    def _all_hours(self, offering: str) -> list[float]:
        return [
            self.nodes.get((offering, t, b, s), 0.0)
            for (t, b), hours in self.problem.hours.items()
            if hours
            for s in self.problem.outlooks
        ]


def used_on_demand(problem: Problem, decided: Extracted) -> Used:
    """What an answer uses on demand."""
    nodes: dict[tuple[str, int, str, str], float] = defaultdict(float)
    for usage in decided.usages:
        if usage.contract in problem.on_demand:
            t = problem.scenario.horizon.index(usage.month)
            nodes[usage.offering, t, usage.block, usage.outlook] += usage.nodes
    return Used(problem, dict(nodes))


def reserve_the_peak(used: Used) -> dict[Start, int]:
    """As many nodes of each offering as its highest hour uses."""
    return _ladders(used, lambda terms: used.peak(terms.offering))


def reserve_the_floor(used: Used) -> dict[Start, int]:
    """As many nodes of each offering as its lowest hour uses."""
    return _ladders(used, lambda terms: used.floor(terms.offering))


def reserve_as_recommended(used: Used) -> dict[Start, int]:
    """The nodes that would have paid for themselves in the month looked back at."""
    paid = {
        terms.offering: float(terms.price_usd_per_node_hour) * (1.0 + terms.startup_uplift_share)
        for terms in used.problem.on_demand.values()
    }
    utilisation = {o: used.utilisation(o) for o in used.offerings}

    def paying(terms: Reserved) -> int:
        price = float(terms.price_usd_per_node_hour)
        on_demand = paid[terms.offering]
        return sum(share * on_demand >= price - HAIR_SHARE * on_demand for share in utilisation[terms.offering])

    return _ladders(used, paying)


def _ladders(used: Used, nodes: Callable[[Reserved], int]) -> dict[Start, int]:
    rungs: dict[Start, int] = {}
    for offering in used.offerings:
        rungs.update(_ladder(used.problem, offering, nodes))
    return rungs


def _ladder(problem: Problem, offering: str, nodes: Callable[[Reserved], int]) -> dict[Start, int]:
    """Orders from the first month on in which any may start, each when the one before ends.

    Of the contracts that may start in a month the one with the lowest price per node-hour, then the shortest.
    """
    wanted = {k: nodes(terms) for k, terms in problem.reserved.items() if terms.offering == offering}
    rungs: dict[Start, int] = {}
    t = 0
    while t < len(problem.months):
        open_now = [problem.reserved[k] for k, count in wanted.items() if count > 0 and t in problem.calendar.starts[k]]
        if not open_now:
            t += 1
            continue
        best = min(open_now, key=lambda terms: (terms.price_usd_per_node_hour, terms.term_months, terms.contract))
        rungs[Start(best.contract, t)] = wanted[best.contract]
        t += best.term_months
    return rungs
